def test_a_browser_reads_the_house_s_pulse(browser_page):
    answer = browser_page.goto("/healthz")

    assert answer.status == 200
    assert "alive" in browser_page.content()
