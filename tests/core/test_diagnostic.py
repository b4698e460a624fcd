"""Sources, places, and the diagnostics of one check."""

from __future__ import annotations

from cnnspec.core.diagnostic import Place, Report, Source


def at(line: int, column: int = 1) -> Place:
    return Place(SOURCE, line, column, line, column + 1)


SOURCE = Source("spec.yaml", "one\ntwo\r\nthree\u2028four")


def test_a_source_gives_its_lines_and_nothing_beyond_them():
    assert ["one", "two", "three", "four", ""] == [SOURCE.line(number) for number in range(1, 6)]


def test_diagnostics_come_in_the_order_of_the_file_errors_before_warnings():
    findings = Report()
    findings.warning("b", "a warning", at(2))
    findings.error("c", "an error", at(2), "a hint")
    findings.error("a", "further left", at(1, 5))
    findings.error("d", "at the start", at(1))
    assert ["d", "a", "c", "b"] == [diagnostic.code for diagnostic in findings.sorted()]
    assert (3, 4) == (findings.errors, findings.total)


def test_diagnostics_that_differ_in_numbers_alone_are_counted():
    findings = Report()
    for size in (3, 2.5, -1):
        findings.error("too-small", f"the size is {size}", at(1))
    findings.error("too-small", "the size is 0", at(2))
    assert ["the size is 3 (3 times)", "the size is 0"] == [d.message for d in findings.sorted()]
    assert (2, 4) == (findings.errors, findings.total)
