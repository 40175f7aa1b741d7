from sandbox.pages.html import Markup, document, tag


def test_text_is_escaped_and_markup_is_not():
    inner = tag("b", "<&>")
    assert tag("p", inner, " and ", 7, None, [inner]) == (
        "<p><b>&lt;&amp;&gt;</b> and 7<b>&lt;&amp;&gt;</b></p>"
    )


def test_attributes_are_escaped_named_and_left_out():
    made = tag("input", name='"x"', class_="a", aria_label="b", required=True, disabled=False)
    assert made == '<input name="&quot;x&quot;" class="a" aria-label="b" required>'


def test_a_page_has_a_language_and_its_direction():
    assert '<html lang="he" dir="rtl">' in document("x", Markup("<p>"), language="he")
    assert '<html lang="en" dir="ltr">' in document("x")
