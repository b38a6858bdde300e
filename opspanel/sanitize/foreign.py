"""Words of other scripts for secrets, and for "is", read as English ones."""

# ruff: noqa: RUF001 - letters of other scripts are what this is about

import re

_OTHER_WORDS = dict.fromkeys(
    [
        "пароль",
        "пароля",
        "паролем",
        "пароли",
        "парола",
        "секрет",
        "токен",
        "ключ密码",
        "密碼",
        "密码",
        "口令",
        "密钥",
        "密鑰",
        "令牌",
        "暗号",
        "パスワード",
        "パスコード",
        "秘密鍵",
        "トークン",
        "暗証番号",
        "合言葉",
        "비밀번호",
        "패스워드",
        "암호",
        "토큰",
        "كلمة",
        "المرور",
        "كلمة",
        "السر",
        "סיסמה",
        "סיסמא",
        "पासवर्ड",
        "รหัสผ่าน",
        "κωδικός",
        "σύνθημα",
        "lozinka",
        "გასაღები",
        "պարոլ",
        "গোপন",
        "hasło",
        "hasłem",
        "klucz",
        "şifre",
        "şifresi",
        "parolası",
        "mật",
        "khẩu",
        "heslo",
        "гасло",
        "лозинка",
        "शब्द",
        "पासकोड",
    ],
    "password ",
) | {"كلمة المرور": "password ", "كلمة السر": "password ", "mật khẩu": "password "}
_OTHER_COPULAS = {"是": " is ", "为": " is ", "為": " is ", "は": " is ", "이": " is ", "는": " is ",
                  "은": " is ", "—": " : ", "это": "is", "هي": " is ", "הוא": " is ", "היא": " is ", "है": " is ",
                  "คือ": " is ", "είναι": "is", "です": " ", "입니다": " ", "。": ". ", "，": ", ",
                  "：": ": ", "に": " is ", "を": " is ", "、": ", ", "「": ' "', "」": '" ', "それ": "it",
                  "для": "for", "от": "of", "к": "for", "на": "on", "новый": "new", "теперь": "now",
                  "такой": "is", "базы": "db", "данных": "db", "сервера": "server", "의": " of ",
                  "的": " of ", "の": " of ", "新": " new ", "它": "it"}  # fmt: skip
TRANSLATED = _OTHER_WORDS | _OTHER_COPULAS
_FIRST = "".join(sorted({re.escape(word[0]) for word in TRANSLATED}))
# Most letters begin none of the words: those are passed over at once.
FOREIGN = re.compile(
    f"(?=[{_FIRST}])(?:"
    + "|".join(re.escape(word) for word in sorted(TRANSLATED, key=len, reverse=True))
    + ")",
    re.IGNORECASE,
)
