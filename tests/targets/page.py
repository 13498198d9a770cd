#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Is a report's page well-formed, safe and accessible?  page.py FILE...: what is wrong, one line each; status 1 where anything is.

Well-formed: every element that is opened is closed, in order; attributes are quoted and once; nothing but the elements below.
Safe: a Content-Security-Policy before anything else, no script, no handler of events, nothing that is loaded but data: images.
Accessible: the language, one h1 and no level of headings left out, alternative texts, scopes of a table's headings, ids that are
one element's, links that lead somewhere, contrast of 4.5 for texts in each scheme, and of 3 between the colours of a bar and
what is around it.
"""

import html.parser
import re
import sys

VOID = {"meta", "link", "br", "img"}
KNOWN = VOID | set("""html head title style body main nav section h1 h2 h3 h4 p a ul li strong code span div table thead tbody tr
    th td svg rect figure figcaption details summary pre ins del b""".split())
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
# Control characters, and those that change what is seen of the others.
HIDDEN = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufffe\uffff]")
SCHEMES = {"light": r":root \{(.*?)\}", "dark": r"prefers-color-scheme: dark\) \{ :root \{(.*?)\}",
           "print": r"@media print \{\s*:root \{(.*?)\}"}
TEXTS = [(text, back) for text in ("text", "dim", "link", "good", "bad", "open") for back in ("back", "card")] + [
    ("text", "add"), ("text", "del")]
SHAPES = [("used", "free"), ("used", "other"), ("copied", "hole")]


class Page(html.parser.HTMLParser):
    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.wrong, self.opened, self.levels, self.ids, self.links = [], [], [], set(), set()
        self.policy, self.style, self.lang = None, "", None
        for found in set(HIDDEN.findall(text)):
            self.say(f"the character U+{ord(found):04X}")
        self.feed(text)
        self.close()
        self.end()

    def say(self, what):
        self.wrong.append(what)

    def handle_starttag(self, tag, attrs):
        if tag not in KNOWN:
            self.say(f"<{tag}> is not an element of the page")
        if len(dict(attrs)) != len(attrs):
            self.say(f"<{tag}> has an attribute twice")
        self.look_at(tag, dict(attrs))
        if tag not in VOID:
            self.opened.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag):
        if not self.opened or self.opened.pop() != tag:
            self.say(f"</{tag}> closes what is not open")

    def handle_data(self, data):
        if self.opened and self.opened[-1] == "style":
            self.style += data

    def handle_comment(self, data):
        self.say(f"a comment: {data}")

    def look_at(self, tag, attrs):
        for name, value in attrs.items():
            if name.startswith("on") or name in ("style", "srcset", "formaction", "action", "ping"):
                self.say(f"<{tag}> has {name}")
            if name in ("src", "href", "xlink:href", "data") and not re.match(
                    r"#m[0-9a-z-]+$" if tag == "a" else r"data:(image/png;base64,[A-Za-z0-9+/]+=*|,)$", value or ""):
                self.say(f"<{tag}> loads or leads to {value}")
        if tag == "html":
            self.lang = attrs.get("lang")
        if attrs.get("http-equiv") == "Content-Security-Policy":
            self.policy = attrs.get("content")
        elif tag not in ("html", "head", "meta") and not self.policy:
            self.say(f"<{tag}> is before the policy")
        if re.match("h[1-6]$", tag):
            self.levels.append(int(tag[1]))
        if tag == "img" and not attrs.get("alt") or attrs.get("role") == "img" and not attrs.get("aria-label"):
            self.say(f"<{tag}> has no alternative text")
        if tag == "svg" and attrs.get("role") != "img" and attrs.get("aria-hidden") != "true":
            self.say("<svg> is neither an image nor hidden")
        if tag == "th" and attrs.get("scope") not in ("row", "col"):
            self.say("<th> has no scope")
        if "tabindex" in attrs and not attrs.get("aria-label"):
            self.say(f"<{tag}> gets the focus and has no name")
        if "id" in attrs:
            if attrs["id"] in self.ids:
                self.say(f"two elements have the id {attrs['id']}")
            self.ids.add(attrs["id"])
        if tag == "a":
            self.links.add(attrs.get("href", "")[1:])

    def end(self):
        if self.opened:
            self.say(f"not closed: {self.opened}")
        if self.policy != POLICY:
            self.say(f"the policy is {self.policy}")
        if not self.lang:
            self.say("no language is said")
        if self.levels.count(1) != 1 or self.levels[0] != 1:
            self.say("not one h1, in front")
        for before, after in zip(self.levels, self.levels[1:]):
            if after > before + 1:
                self.say(f"h{after} behind h{before}")
        for missing in sorted(self.links - self.ids):
            self.say(f"nothing has the id {missing}")
        self.wrong += look_at_style(self.style)


def luminance(colour):
    """WCAG 2.2, relative luminance."""
    parts = [int(colour[i:i + 2], 16) / 255 for i in (1, 3, 5)]
    parts = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one, other):
    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def look_at_style(style):
    if re.search(r"@import|url\(|expression|@font-face", style):
        yield "the style loads something"
    if ":focus-visible" not in style:
        yield "the focus is not shown"
    for scheme, pattern in SCHEMES.items():
        found = re.search(pattern, style, re.S)
        colours = dict(re.findall(r"--([a-z]+): (#[0-9a-f]{6});", found[1] if found else ""))
        for pairs, least in (TEXTS, 4.5), (SHAPES, 3):
            for one, other in pairs:
                if one not in colours or other not in colours:
                    yield f"{scheme}: no colour {one} or {other}"
                elif contrast(colours[one], colours[other]) < least:
                    yield f"{scheme}: {one} on {other} has a contrast of {contrast(colours[one], colours[other]):.2f}"


def main():
    status = 0
    for path in sys.argv[1:]:
        with open(path, encoding="utf-8", newline="") as file:
            page = Page(file.read())
        for wrong in page.wrong:
            print(f"{path}: {wrong}")
            status = 1
    sys.exit(status)


if __name__ == "__main__":
    main()
