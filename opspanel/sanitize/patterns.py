"""Secrets and personal identifiers that give themselves away by their own form.

A pattern is (rule, RE2 source). Group 1, where there is one, is the secret part.
Patterns in `DISTINCT` are sure enough to be trusted in reversed and re-joined text.

What stands between « and » is the pattern's sign: a part that no match is without, and
all that the set looks for. Marked are patterns that begin or go on with anything at all:
in the set they would multiply each other's states. Of the others the set has all, by
`engine.sought`. Both ways it cannot miss a match.
"""

DISTINCT: tuple[tuple[str, str], ...] = (
    ("jwt", r"eyJ[A-Za-z0-9_-]{6,}(?:\.[A-Za-z0-9_-]*){1,5}"),
    ("github", r"gh[oprsu]_[A-Za-z0-9]{16,}|github_pat_[A-Za-z0-9_]{16,}"),
    ("gitlab", r"gl[a-z]{2,6}-[A-Za-z0-9_-]{16,}(?:\.[0-9a-z.]{2,})?|GR1348941[\w-]{16,}"),
    ("slack", r"xox[a-z](?:\.xox[a-z])?-[A-Za-z0-9-]{8,}|xapp-\d-[A-Za-z0-9-]{8,}"),
    ("stripe", r"(?:sk|rk|pk)_(?:live|test|prod)_[A-Za-z0-9_]{8,}|whsec_[A-Za-z0-9+/=]{8,}"),
    ("aws", r"(?:AKIA|ASIA|AGPA|AIDA|AROA|AIPA|ANPA|ANVA|ABIA|ACCA)[A-Z0-9]{12,}"),
    ("google", r"AIza[A-Za-z0-9_-]{30,}|ya29\.[A-Za-z0-9_-]{10,}|GOCSPX-[A-Za-z0-9_-]{16,}"),
    ("google", r"\b1//[0-9A-Za-z_-]{24,}"),
    ("ai", r"sk-(?:ant-|proj-|or-|svcacct-|admin-)?[A-Za-z0-9_-]{16,}|pplx-[A-Za-z0-9]{16,}"),
    ("ai", r"hf_[A-Za-z]{20,}|api_org_[A-Za-z]{20,}|gsk_[A-Za-z0-9]{20,}|r8_[A-Za-z0-9]{20,}"),
    ("registry", r"npm_[A-Za-z0-9]{20,}|pypi-[A-Za-z0-9_-]{16,}|dckr_pat_[\w-]{16,}"),
    ("registry", r"rubygems_[0-9a-f]{20,}|oy2[a-z0-9]{43}|cio[A-Za-z0-9]{32}"),
    ("cloud", r"do[orp]_v1_[0-9a-f]{32,}|shp(?:at|ss|ca|pa|tka)_[0-9a-fA-F]{20,}"),
    ("cloud", r"dapi[0-9a-f]{32}(?:-\d)?|dp\.[a-z]{2,9}\.(?:[\w-]{2,35}\.)?[A-Za-z0-9]{32,}"),
    ("cloud", r"hv[sbr]\.[A-Za-z0-9_-]{16,}"),
    ("terraform", r"[A-Za-z0-9]{14}«\.atlasv1\.»[A-Za-z0-9_=-]{20,}"),
    ("cloud", r"tskey-[a-z]+-[A-Za-z0-9-]{8,}|LTAI[A-Za-z0-9]{12,}|\bAKID[A-Za-z0-9]{16,}"),
    ("cloud", r"nf[pbcou]_[A-Za-z0-9]{20,}|fo1_[\w-]{20,}|FlyV1 [\w+/=,-]{20,}"),
    ("mail", r"SG\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}|xkeysib-[0-9a-f-]{20,}"),
    ("mailchimp", r"[0-9a-f]{29}«[0-9a-f]{3}-us\d»\d?\b"),
    ("mail", r"\bkey-[0-9a-z]{32}\b|\bre_[A-Za-z0-9]{6,}_[A-Za-z0-9]{16,}"),
    ("phone-api", r"\b(?:AC|SK)[0-9a-f]{32}\b"),
    ("chat", r"\b\d{4,6}«\d{4}:[\w-]{4}»[\w-]{28,}|[MNO][A-Za-z\d_-]{23,25}«\.[\w-]{6}\.[\w-]»[\w-]{26,}"),
    ("social", r"\bEAA[A-Za-z0-9]{20,}|\bAAAAAAAA[A-Za-z0-9%]{56,}|\bIGQ[A-Za-z0-9_-]{20,}"),
    ("monitoring", r"NR(?:AK|JS|II|RA)-[A-Za-z0-9]{16,}|gl(?:c|sa)_[A-Za-z0-9+/=_]{20,}"),
    ("monitoring", r"sntry[su]_[A-Za-z0-9_+/=]{20,}|dt0[a-z]\d\d\.[A-Z0-9]{20,}\.[A-Z0-9]{20,}"),
    ("saas", r"PMAK-[0-9a-f]{20,}-[0-9a-f]{30,}|lin_(?:api|oauth)_[A-Za-z0-9]{20,}"),
    ("saas", r"(?:secret|ntn)_[A-Za-z0-9]{30,}|fig[a-z]{1,2}_[A-Za-z0-9_-]{20,}|phc_[A-Za-z0-9]{20,}"),
    ("saas", r"EZ[AT]K[A-Za-z0-9]{30,}|sq0[a-z]{3}-[A-Za-z0-9_-]{20,}|EAAA[A-Za-z0-9_-]{40,}"),
    ("saas", r"ATATT[A-Za-z0-9_=-]{20,}|ATCTT[A-Za-z0-9_=-]{20,}|ATBB[A-Za-z0-9]{20,}"),
    ("saas", r"pscale_[a-z]+_[\w=.-]{20,}|CCIPAT_[A-Za-z0-9_]{20,}|pul-[0-9a-f]{40}"),
    ("saas", r"PRIVATE-[\w-]{16,}|pk\.eyJ[\w.-]{20,}|sbp_[0-9a-f]{30,}|sb_(?:secret|publishable)_[\w-]{16,}"),
    ("nats", r"\bS[NACOUXP][A-Z2-7]{50,60}"),
    ("age", r"AGE-SECRET-KEY-1[A-Z0-9]{16,}"),
    ("wallet", r"\b[xyz]prv[A-Za-z0-9]{60,}|\b(?:5[HJK]|[KL][1-5])[1-9A-HJ-NP-Za-km-z]{49,50}\b"),
    ("fernet", r"gAAAAA[A-Za-z0-9_-]{20,}={0,2}"),
    ("hash", r"\$(?:2[abxy]?|5|6|1|y|7|gy|sha1|apr1|argon2(?:id|i|d)|scrypt|pbkdf2[\w-]*)\$[\w./$=,+-]{8,}"),
    ("hash", r"\b(?:pbkdf2_sha\d+|bcrypt(?:_sha256)?|argon2|scrypt|pbkdf2:sha\d+)[$:][\w./$=,:+-]{12,}"),
    ("hash", r"\{(?:S?SHA\d{0,3}|S?MD5|CRYPT|BCRYPT|ARGON2)\}[\w+/=$.{}-]{8,}|SCRAM-SHA-\d+\$[\w:$+/=-]{12,}"),
    ("hash", r"\bmd5[0-9a-f]{32}\b|\$[SPH]\$[A-Za-z0-9./]{20,}"),
    ("saas", r"(?i)\b(?:access|pat|tok(?:en)?|secret|sk|rk|auth|cred|hrku)-(?:[a-z0-9]{1,12}-){0,2}[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
    ("django", r"django-insecure-[^\s\x1e\x1f\"']{20,}"),
    ("otp", r"otpauth(?:-migration)?://[^\s\x1e\x1f\"'<>]{4,}"),
)  # fmt: skip

# Every match holds an `@` and none of these a space or one of our separators.
AROUND_AT: tuple[tuple[str, str], ...] = (
    ("userinfo", r"[A-Za-z][A-Za-z0-9+.-]{1,20}:(?:/|\\/|%2[Ff]){2,3}([^\s/\x1e\x1f\"<>\\]{0,300})@"),
    ("userinfo", r"://[^\s:/@\x1e\x1f\"]{0,100}:([^\s@\x1e\x1f\"]{1,200})@[A-Za-z0-9\[]"),
    ("userinfo-short", r"\b[A-Za-z0-9_.+-]{1,64}:([^\s:@/\x1e\x1f\"',;=(){}\[\]|]{3,100})@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*(?::\d+|\.[a-z]{2,}|/|\b)"),
    ("tns", r"(?i)\b([a-z0-9_.$-]{1,64}/[^\s/@\x1e\x1f\"']{3,64})@(?://)?[a-z0-9.-]{2,}(?::\d+|/)"),
    ("email", r"[A-Za-z0-9._%+'!#$&*-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,6}[A-Za-z]{2,24}\b"),
    ("email", r"[^\s@\x1e\x1f\"]{0,64}\"@(?:[A-Za-z0-9-]{1,63}\.){1,6}[A-Za-z]{2,24}\b"),
    ("email", r"[A-Za-z0-9._%+'\xc0-\xff-]{1,64}@(?:[A-Za-z0-9\xc0-\xff-]{1,63}\.){1,6}[A-Za-z]{2,24}\b"),
    ("email", r"[A-Za-z0-9._%+-]{1,64}@\[?(?:\d{1,3}\.){3}\d{1,3}\]?"),
    # As a name for which dots are not allowed: a consumer's, a metric's.
    ("email", r"[A-Za-z0-9_%+-]{2,64}@[A-Za-z0-9-]{1,63}(?:_[A-Za-z0-9-]{1,63}){0,3}_(?:com|net|org|edu|gov|io|dev|app|info|example|test|de|fr|uk|es|it|nl|pl|ch|se|no|jp|cn|ru|br|ca|au)\b"),
)  # fmt: skip

_COUNTRIES = (
    "ad|ae|al|at|az|ba|be|bg|bh|br|ch|cy|cz|de|dk|do|ee|es|fi|fr|gb|ge|gi|gr|gt|hr|hu|ie|il|is"
    "|it|jo|kw|kz|lb|li|lt|lu|lv|mc|md|me|mk|mt|nl|no|pk|pl|ps|pt|qa|ro|rs|sa|se|si|sk|sm|tn|tr|ua"
)

PLAIN: tuple[tuple[str, str], ...] = (
    ("live", r"\b[A-Za-z]{2,12}(?:_[a-z]{2,6})?«_(?:live|test|prod|production|sandbox|sbox|stg|staging|dev)[_-][A-Za-z0-9_-]{3}»[A-Za-z0-9_-]{7,}"),
    # Counts above three would be widened in the set, and ordinary sentences hit it.
    ("mnemonic", r"\b(?:[a-z]+ ){3}(?:[a-z]+ ){3}(?:[a-z]+ ){3}(?:[a-z]+ ){2}[a-z]+(?: [a-z]+)*"),
    ("webhook", r"«hooks\.slack»(?:-gov)?\.com/(?:services|workflows|triggers)/([A-Za-z0-9_/+-]{8,})"),
    ("webhook", r"(?:«discord(?:app)?\.com/api/»(?:v\d+/)?webhooks|«api\.telegram\.org/bot»\d*:?|«outlook\.office\.com/webhook»[b2]*|[a-z0-9-]+«\.webhook\.office\.com/webhook»b2|«chat\.googleapis\.com/v1/spaces»|«hooks\.zapier\.com/hooks/catch»|«maker\.ifttt\.com/trigger/»\w+/with/key|«events\.pagerduty\.com/integration»)/?([\w@%=&?:.+/-]{8,})"),
    ("signed", r"(?i)[?&;](?:amp;)?(?:x-amz-(?:signature|credential|security-token)|x-goog-(?:signature|credential)|sig|signature|awsaccesskeyid|googleaccessid|policy|key-pair-id|hmac|token|tk|key|api_?key|auth|access|code|state|st|sid|hash|k|t|pw|p|ticket|assertion|samlresponse|session)=([^&\s\x1e\x1f\"'<>#;]{6,})"),
    ("scheme", r"(?i)\b(?:bearer|basic|negotiate|ntlm|apikey|api-key|token|aws4-hmac-sha256|sharedkey(?:lite)?|hawk|digest|splunk|genie-?key|sso-key|pve(?:api)?token|bot|oauth|macaroon|ssws|zoho-oauthtoken|glpi)[ \t:=]+([A-Za-z0-9_.~+/=:!-]{6,})"),
    ("azure", r"(?i)(?:accountkey|sharedaccesskey|sharedsecret|primarykey|secondarykey)=([A-Za-z0-9+/=]{8,})"),
    ("email-spelt", r"(?i)[a-z0-9._%+-]{1,64}\s{0,3}«[\[({<]\s{0,2}(?:at|@|arroba|a)\s{0,2}[\])}>]»\s{0,3}[a-z0-9-]{1,63}(?:\s{0,3}(?:[\[({<]\s{0,2}(?:dot|\.|punkt|point|punto)\s{0,2}[\])}>]|\.| dot )\s{0,3}[a-z0-9-]{2,63}){1,5}"),
    ("email-spelt", r"(?i)\b[a-z0-9._%+-]{1,64} at [a-z0-9-]{1,63}« dot [a-z0-9-]»[a-z0-9-]{1,62}(?: dot [a-z0-9-]{2,63}){0,4}\b"),
    ("customer", r"(?:cus|gcus)_[A-Za-z0-9]{4,}"),
    ("stripe-id", r"\b(?:pi|pm|ch|py|sub|seti|src|card|ba|acct|in|cs_live|cs_test|cs|txn|po|tr|re|evt|si|ii|cn|dp|tok|btok|iauth|ipi|pyr|rcpt|du|li|mbur|prv|link|tax|txi|fca|fcsess|ek_live|ek_test|ephkey|setatt|req|we|file|ich|mandate|payatt|test|price|prod|sched|sub_sched|cbtxn|pst|tu|card_src)_(?:[A-Za-z0-9]+_secret_)?[A-Za-z0-9]{14,}"),
    ("payment", r"(?i)\b(?:pay|payment|payref|pmt|rfnd|refund|txn|trx|chg|charge)[_-](?:[a-z]{2,4}[_-]|\d{4}[_-])?[a-z0-9]{6,}\b"),
    ("payment", r"(?i)\b(?:pay|payment|pmt|order|rfnd|refund|inv|invoice|txn|trx|chg|charge)[_-](?:ref[_-])?[A-Z0-9]{10,}\b"),
    ("phone", r"\+[1-9](?:[ ().-]{0,2}\d){7,14}\b"),
    ("phone", r"\b00[1-9]\d{0,2}[ ()./-]{1,2}\d(?:[ ()./-]{0,2}\d){5,12}\b|\b\d{3}\.\d{3}\.\d{4}\b"),
    ("phone", r"\(\d{3}\) ?\d{3}-\d{4}\b|\b\d{3}-\d{3}-\d{4}\b"),
    ("ssn", r"\b\d{3}-\d{2}-\d{4}\b"),
    ("iban", r"«\b[A-Z]{2}\d{2} ?[A-Z0-9]{4}» ?(?:[A-Z0-9]{4} ?){1,6}[A-Z0-9]{1,4}\b"),
    ("iban", rf"«\b(?:{_COUNTRIES})\d{{2}}[a-z0-9]{{8}}»(?:[a-z0-9]{{4}}){{0,5}}[a-z0-9]{{1,4}}\b"),
    ("card", r"\b[3-6]\d{3}[ -]?(?:\d[ -]?){8,14}\d\b"),
    ("sql", r"(?i)«\bidentified\s+by\s»\s*(?:password\s+|values\s+)?['\"]?([^\s'\";\x1e]{1,200})"),
    ("sql", r"(?i)«\b(?:crypt|md5|sha1|sha2|aes_encrypt|pgp_sym_encrypt|pgp_sym_decrypt|hmac)\s{0,3}\(\s{0,3}'»([^'\x1e]{3,200})'"),
    ("pgpass", r"(?:\b[A-Za-z0-9_.-]{1,100}|\*)«:(?:\d{4,5}|\*):»[A-Za-z0-9_*-]{1,60}:[A-Za-z_*][^\s:\x1e]{0,60}:([^\s\x1e]{3,200})"),
    ("pgpass", r"(?i)\b(?:requirepass|masterauth|masteruser|auth-pass|ldap_bind_pw)\s+[\"']?([^\s\"'\x1e]{3,200})"),
    ("command", r"(?i)\b(?:«net use\b»[^\x1e\n]{0,200}?/user:\S+|«wpa_passphrase\s»\s*\S+|«sp_addlogin\s»\s*'[^']{1,60}',|«chpasswd\s»\s*<<<?|«sp_password\s»\s*'[^']{0,60}',)\s+[\"']?([^\s\"'\x1e]{3,200})"),
    ("typed", r"\"(?:AUTH|auth)\"(?: \"[\w-]{1,40}\")? \"([^\"\x1e\x1f]{3,200})\""),
    ("typed", r"(?i)\S(?: |/)(\S{4,80})« \((?:the )?(?:password|passwd|pass|pwd?|passphrase)\)»"),
    ("typed", r"(?i)«\b(?:just|simply|then)\s+(?:type|enter|use)\s»\s*(\S{5,80})"),
    ("command", r"(?i)\bconvertto-securestring\s+(?:-string\s+)?[\"']([^\"'\x1e]{3,200})[\"']"),
    ("typed", r"(?:^|[\x1e\x1f\n])\[[\w.-]{1,100}«\](?::\d{2,5})?\s+[\w.@-]{1,64}:»(\S{4,100})"),
    ("typed", r"(?:^|[\x1e\x1f\n>\"'])\s{0,4}(?:«AUTH\s»\s*(?:[\w-]+\s+)?|«LOGIN\s»\s*\S+\s+|«PASS\s»\s*)[\"']?([^\s\x1e\x1f\"']{3,200})"),
    ("typed", r"(?i)\buse\s+(?:\S{1,40} ?[/:] ?)?(\S{4,80})\s*«\s(?:to\s+(?:get|log|sign|unlock|open|connect|access|enter|decrypt|ssh)|for\s+(?:the\s+)?(?:sudo|ssh|root|admin|login|console|vpn|wi-?fi))»"),
    ("typed", r"(?i)«\b(?:prompt(?:ed|s)?|asked|asks)\b»[^\n\x1e]{0,40}?\b(?:enter|type|use|give|answer|say|reply)\s+(?:with\s+)?(\S{4,80})"),
    ("typed", r"«\bI (?:just |then )?(?:typed|entered)\s»\s*(\S{5,80})"),
    ("typed", r"(?i)\b(?:typed|entered|tried|answered|used)\s+(\S{4,80})\s*«\sand\s+(?:got|it|that|was|logged|worked|came)»"),
    ("chosen", r"(?i)\b(?:root|admin|administrator|sysadmin|superuser|sa)(?: ?/ ?|:)([^\s/\"'\x1e\x1f]{6,80})(?:$|[\s,;)\"'\x1e\x1f])"),
    ("chosen", r"(?i)«\b(?:re)?(?:set|changed?|rotated?)\s+(?:it|them|this|that|mine|yours)\s+to\s»\s*(\S{4,80})"),
    ("chosen", r"(?i)(?:«\b(?:opens?|unlocks?)\s»|«\b(?:account|user|login)\s»\s*\S{1,60}\s)\s*with\s+(\S{4,80})"),
    ("typed", r"(?i)«\b(?:need|enter|type|try|typing|answer|give|punch in)\s»\s*(\S{4,80})\s+(?:for|when|at|to|as|if)\b"),
    ("chosen", r"«\bsend(?:ln)?\s+(?:--\s+)?\"»([^\"\s\x1e]{4,80}?)(?:\\+[rn]|[\r\n])\""),
    ("command", r"(?i)«\b(?:sqlplus|sqlldr|expdp|impdp|rman)\s»\s*[^\x1e\n]{0,80}?\b\w{1,40}/([^\s@/\x1e]{3,100})@"),
    ("command", r"(?i)«\b(?:usermod|useradd|adduser)\s»[^\x1e\n]{0,200}?(?:-p|--password)[ =]['\"]?([^\s'\"\x1e]{3,200})"),
    ("command", r"(?i)«\bnet user »\S{1,40} ([^\s/*\x1e]\S{3,100}) /add"),
    ("command", r"(?i)«\brabbitmqctl\s»[^\x1e\n]{0,80}?(?:add_user|change_password|authenticate_user)\s+\S+\s+['\"]?([^\s'\"\x1e]{3,200})"),
    ("chosen", r"(?i)(?:«\bvault\s+login»|«\bkinit\s»\s*[^\x1e\n]{1,80}<<<)\s+(?:-\S+\s+){0,4}['\"]?([^\s'\"=\x1e-][^\s'\"=\x1e]{3,200})"),
    ("typed", r"(?:^|[\s:\x1e\x1f])(?:«IDENTIFY\s»|«OPER\s»\s*\S+\s|«identify\s»)\s*(\S{4,200})"),
    ("command", r"(?i)\b(?:acl\s+setuser|user)\s+\S+\s[^\x1e\n]{0,80}?«\s>»([^\s\x1e>]{4,200})\s?(?:$|[~&+%\n\x1e]|[\w-])"),
    ("chosen", r"(?i)\b(?:tacacs|radius|isakmp|snmp|ntp|ospf|bgp|neighbor|username|enable|line)[\w-]*\b[^\n\x1e]{0,60}?«\b(?:key|community|password|secret|md5)(?: \d{1,2})? »(\S{4,80})"),
    ("link", r"(?i)https?://[^\s\x1e]{1,200}«/(?:reset|verify|confirm|activate|invite|invitation|magic|unsubscribe|password[_-]reset|accept|set[_-]password)(?:[_-][a-z]+)?/»([A-Za-z0-9_.=-]{6,})"),
    ("call", r"(?i)«\b(?:log_?in|log_?on|sign_?in|auth|authenticate|connect|basic_?auth|httpbasicauth|set_?auth|credentials)(?:\s{0,2}=)?\s{0,2}\(\s{0,4}[\"']»[^\"'\x1e]{0,80}[\"']\s{0,2},\s{0,4}[\"']([^\"'\x1e]{3,200})[\"']"),
    ("chosen", r"(?i)«\b(?:auth|authenticate|set_?auth|identify|unlock)\(\s{0,4}[\"']»([^\"'\s\x1e]{3,200})[\"']\s{0,2}\)"),
    ("command", r"(?i)«\bAT\+CWJAP»\w*=\"[^\"]{0,64}\",\"([^\"]{3,80})\""),
    ("shadow", r"\b[a-z_][a-z0-9_-]{0,31}:(«\$[A-Za-z0-9]{1,12}\$»[^\s:\x1e]{8,200})"),
    ("dockerauth", r"«\"auths?\"\s{0,3}:»\s{0,3}\{?[^}]{0,200}\"auth\"\s{0,3}:\s{0,3}\"([^\"\x1e]{4,})"),
    ("chpasswd", r"(?i)\b(?:echo|printf)\s+(?:-n\s+|['\"]%s(?:\\n)?['\"]\s+)?['\"]?([^|\x1e'\"\n]{3,200}?)['\"]?\s{0,3}«\|\s{0,3}(?:sudo\s+)?(?:-S|chpasswd|passwd|sudo\s+(?:-[a-z]*S|--stdin)|docker login|openssl|gpg|base64|cryptsetup)\b»"),
    ("sudo", r"(?i)\becho\s+(?:-n\s+)?['\"]?([^|\x1e'\"\n]{3,200}?)['\"]?\s{0,3}«\|\s{0,3}sudo\s+-S»"),
)  # fmt: skip
