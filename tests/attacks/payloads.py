"""What attackers send."""

from itertools import product

TAG = "xss7731"  # what a payload that came through is found by
XSS = [
    f"<script>{TAG}()</script>",
    f"<img src=x onerror={TAG}()>",
    f"<svg onload={TAG}()>",
    f"<svg><script>{TAG}()</script></svg>",
    f'"><script>{TAG}()</script>',
    f"'><img src=x onerror={TAG}()>",
    f'" autofocus onfocus={TAG}() x="',
    f"' onmouseover='{TAG}()",
    f"</title><script>{TAG}()</script>",
    f"</textarea><script>{TAG}()</script>",
    f"</script><script>{TAG}()</script>",
    f"<!--><script>{TAG}()</script>-->",
    f"<iframe src=javascript:{TAG}()>",
    f"<a href=javascript:{TAG}()>x</a>",
    f"<details open ontoggle={TAG}()>",
    f"<body onload={TAG}()>",
    f"<math><a xlink:href=javascript:{TAG}()>x</a></math>",
    f"<object data=data:text/html,{TAG}>",
    f"<b hx-get=/{TAG} hx-trigger=load>x</b>",
    f"<b data-hx-post=/{TAG} data-hx-trigger=load>x</b>",
    f"<b hx-on:load={TAG}()>x</b>",
    f"<meta http-equiv=refresh content=0;url=/{TAG}>",
    f"<link rel=stylesheet href=/{TAG}>",
    f"<base href=//{TAG}/>",
    f"{{{{ 7731*1 }}}}<{TAG} onclick=x>${{{TAG}}}",
]
# One that comes through wherever any of them would: out of attributes in either quotes, out of elements, into htmx.
BREAKOUT = f"'\"></title></script><{TAG} hx-get=/{TAG} hx-trigger=load><script>{TAG}()</script>"
FORMULAS = [
    "=1+7731", "+7731+1", "-7731+1", "@SUM(7731)", "\t=7731", "\r=7731", "\n=7731", " =7731", "  +7731",
    '=HYPERLINK("http://evil.example/7731","x")', "=cmd|'/c calc'!A7731", "=IMPORTXML(7731)", "@7731", '="7731"',
    "-2+3+cmd|' /C calc'!7731",
]  # fmt: skip
REDIRECTS = [
    "//evil.example", "///evil.example", "////evil.example", "\\\\evil.example", "/\\evil.example", "\\/evil.example",
    "https:evil.example", "https:/evil.example", "https://evil.example", "http://evil.example", "//evil.example/%2f..",
    "/\t/evil.example", "/\n/evil.example", "/%0d%0aLocation:%20//evil.example", "/\r\nLocation: //evil.example",
    "javascript:alert(1)", "data:text/html,x", "//testserver@evil.example", "https://testserver.evil.example",
    "http:///evil.example",
]  # fmt: skip
_SQL = [
    "'", '"', "\\", "''", "');--", "' OR '1'='1", "' OR 1=1--", '" OR ""="', "1;SELECT pg_sleep(5)--",
    "1 AND (SELECT 1 FROM pg_sleep(5))", "'||pg_sleep(5)--", "') UNION SELECT NULL,NULL--", "$$;SELECT pg_sleep(5);$$",
    "1/0", "{{7*7}}", "%27%20OR%201=1", "\x00", "a\x00b", "\ud800".encode("utf-16", "surrogatepass").decode("latin-1"),
    "1e400", "NaN", "-1", "99999999999999999999999999", "٣", "%s%s%s%n", "*)(uid=*))(|(uid=*", "[0-9]{999999}", "(((((",
    "))))", "a{1,99999}", "\\p{L}", "(?i)x", "[[:alpha:]]", "__proto__", "../../etc/passwd", "file:///etc/passwd",
    "0x31303235343830303536", "CHAR(49)", "sort;DROP TABLE x", "name,(SELECT password FROM accounts_user)",
]  # fmt: skip
SQL = [
    *_SQL,
    *(f"{quote}{text}{end}" for quote, text, end in product(("'", '"', "')"), ("x", "1"), ("--", "/*", "#", ";"))),
]
LOOKUPS = {
    "_connector": "OR",
    "_negated": "1",
    "user__password__startswith": "pbkdf2",
    "institution__region__code__regex": ".*",
    "grants__user__password__contains": "a",
    "q__regex": "(a+)+$",
    "pk__in": "1,2,3",
    "id__gte": "0",
    "extra": "1=1",
    "where": "1=1",
    "order_by": "institution__region__name",
    "expand": "institution.region.grants",
    "fields": "password",
}
