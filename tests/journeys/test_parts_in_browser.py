"""The small scripts at work, under the real content policy: what is put into a page is started there."""

import json

import pytest
from django.template.loader import render_to_string

ZONES = """
<form data-js="zone-table" data-prefix="zones" data-available="2,0">
  <input type="hidden" name="zones-TOTAL_FORMS" value="1">
  <table><tbody>{row0}</tbody></table>
  <template>{row}</template>
  <dl><dd data-total="points"></dd><dd data-total="used"></dd><dd data-total="left"></dd></dl>
  <button type="button" data-zone-add hidden>Add</button>
</form>
"""
ROW = """
<tr><td><select name="zones-{n}-side"><option>left</option><option>right</option><option>midline</option></select></td>
<td><input name="zones-{n}-points" value="{points}"></td>
<td><input name="zones-{n}-ml_per_point" inputmode="decimal" value="{each}"></td><td data-row-ml></td>
<td><button type="button" data-zone-mirror>Mirror</button>
<button type="button" data-zone-remove>Remove</button></td></tr>
"""


@pytest.fixture
def bench(browser_page):
    """bench(html): the html in a page of ours, its scripts started."""
    browser_page.goto("/accounts/login/")

    def put(html):
        browser_page.evaluate(
            """html => {
                const main = document.getElementById("main");
                main.innerHTML = html;
                document.dispatchEvent(new CustomEvent("htmx:load", { detail: { elt: main } }));
            }""",
            html,
        )
        browser_page.wait_for_load_state("networkidle")
        return browser_page

    return put


def draw(page, offset=0):
    box = page.locator("canvas").bounding_box()
    page.mouse.move(box["x"] + 30, box["y"] + 60 + offset)
    page.mouse.down()
    for step in range(12):
        page.mouse.move(box["x"] + 30 + step * 12, box["y"] + 60 + offset + step % 4 * 8)
    page.mouse.up()


def test_a_signature_becomes_strokes_with_time_survives_turning_and_can_be_cleared(bench):
    page = bench(render_to_string("components/signature.html", {"name": "strokes"}))
    draw(page)
    draw(page, offset=40)
    strokes = json.loads(page.input_value("[name=strokes]"))
    assert len(strokes) == 2
    times = [point[2] for stroke in strokes for point in stroke]
    assert times == sorted(times)
    assert all(0 <= point[0] <= 704 and 0 <= point[1] <= 200 for stroke in strokes for point in stroke)

    page.set_viewport_size({"width": 400, "height": 800})
    page.wait_for_timeout(200)
    assert json.loads(page.input_value("[name=strokes]")) == strokes

    draw(page, offset=20)
    later = json.loads(page.input_value("[name=strokes]"))[2][0][2]
    assert times[-1] <= later < 60_000

    page.click("[data-signature-clear]")
    assert page.input_value("[name=strokes]") == ""


def test_the_zone_table_grows_mirrors_and_counts_as_one_types(bench):
    row = ROW.format(n="__prefix__", points="", each="")
    page = bench(ZONES.format(row0=ROW.format(n=0, points="20", each="0,05"), row=row))
    total = page.locator("[data-total=used]")
    assert total.inner_text() == "1"

    page.click("[data-zone-mirror]")
    assert page.input_value("[name=zones-1-side]") == "right"
    assert total.inner_text() == "2"

    page.click("[data-zone-add]")
    page.fill("[name=zones-2-points]", "10")
    page.fill("[name=zones-2-ml_per_point]", "0.02")
    assert total.inner_text() == "2.2"
    assert page.locator("[data-total=left]").inner_text() == "-0.2"
    assert page.input_value("[name=zones-TOTAL_FORMS]") == "3"


def test_a_birth_date_is_said_back_and_a_word_is_no_number(bench):
    page = bench(
        '<input id="born" data-js="date-echo" autocomplete="bday">'
        '<input id="dose" inputmode="decimal"><input id="next">'
    )
    page.fill("#born", "02/03/1985")
    assert page.inner_text("output").startswith("2 March 1985, ")
    page.fill("#dose", "a lot")
    page.focus("#next")
    assert page.get_attribute("#dose", "aria-invalid") == "true"
    page.fill("#dose", "0,02")
    page.focus("#next")
    assert page.get_attribute("#dose", "aria-invalid") is None


def test_a_search_list_works_by_keyboard_alone(bench):
    rows = '<li role="option" data-value="7" data-shown="Nora Benali">Nora Benali</li>'
    html = render_to_string("components/combobox.html", {"name": "patient", "url": "/find/", "label": "Patient"})
    page = bench(html)
    page.route("**/find/*", lambda route: route.fulfill(content_type="text/html", body=rows))
    page.locator("[role=combobox]").press_sequentially("nor")
    page.wait_for_selector("[role=option]")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert page.input_value("[name=patient]") == "7"
    assert page.input_value("[role=combobox]") == "Nora Benali"


def test_an_idle_page_warns_and_then_covers_itself(logged_in, owner):
    page = logged_in(owner)
    page.clock.install()
    page.goto("/accounts/team/")
    page.wait_for_load_state("networkidle")
    page.clock.run_for(13 * 60_000 + 10_000)
    assert "two minutes" in page.inner_text("#toasts")
    page.clock.run_for(2 * 60_000)
    assert page.is_visible(".idle-cover")


def test_typed_text_is_not_lost_by_leaving(bench):
    page = bench('<form data-js="unsaved-guard" action="/x/"><input id="note" name="note"></form>')
    page.fill("#note", "half a sentence")
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.goto("/accounts/password/reset/")
    assert asked == ["beforeunload"]
