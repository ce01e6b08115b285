"""Periods: how they are read, named, ordered and refused."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpilib.records.periods import MONTHS, Period, day, earlier, ending, month, period, quarter

YEAR_STARTS = st.integers(1, 12)
QUARTERS = st.builds(
    lambda year, number: f"{year}-{(year + 1) % 100:02d}-Q{number}", st.integers(1900, 2098), st.integers(1, 4)
)


@pytest.mark.parametrize(
    ("text", "kind", "months", "name", "short_name", "span", "last_day"),
    [
        ("2019-20-Q1", "quarter", 3, "Quarter 1 2019/20", "Q1 2019/20", "April to June 2019", "2019-06-30"),
        ("2019-20-Q2", "quarter", 3, "Quarter 2 2019/20", "Q2 2019/20", "July to September 2019", "2019-09-30"),
        ("2019-20-Q3", "quarter", 3, "Quarter 3 2019/20", "Q3 2019/20", "October to December 2019", "2019-12-31"),
        ("2019-20-Q4", "quarter", 3, "Quarter 4 2019/20", "Q4 2019/20", "January to March 2020", "2020-03-31"),
        ("2019-20", "year", 12, "2019/20", "2019/20", "April 2019 to March 2020", "2020-03-31"),
        ("1999-00", "year", 12, "1999/00", "1999/00", "April 1999 to March 2000", "2000-03-31"),
        ("1999-00-Q4", "quarter", 3, "Quarter 4 1999/00", "Q4 1999/00", "January to March 2000", "2000-03-31"),
        ("2019-11", "month", 1, "November 2019", "Nov 2019", "November 2019", "2019-11-30"),
        ("2019-01", "month", 1, "January 2019", "Jan 2019", "January 2019", "2019-01-31"),
        ("2019-12", "month", 1, "December 2019", "Dec 2019", "December 2019", "2019-12-31"),
    ],
)
def test_forms(text: str, kind: str, months: int, name: str, short_name: str, span: str, last_day: str) -> None:
    """Each of the three forms is read for what it is, and said in words."""
    read = period(text)

    assert (text, kind, months) == (read.text, read.kind, read.months)
    assert (name, short_name, span, last_day) == (read.name, read.short_name, read.span, read.last_day)


@pytest.mark.parametrize(
    ("text", "last_day"),
    [
        ("2019-02", "2019-02-28"),
        ("2020-02", "2020-02-29"),
        ("1900-02", "1900-02-28"),
        ("2000-02", "2000-02-29"),
        ("2019-04", "2019-04-30"),
    ],
)
def test_last_day_of_short_months(text: str, last_day: str) -> None:
    """The last day knows short months and leap years."""
    assert last_day == period(text).last_day


@pytest.mark.parametrize("text", ["2010-11", "2009-10", "2011-12", "2000-01"])
def test_year_or_month_is_the_year(text: str) -> None:
    """A text that could be a year or a month is the year."""
    assert (period(text).kind, period(text).months) == ("year", 12)


@pytest.mark.parametrize("text", ["2011-11", "2010-10", "2010-12", "2012-12"])
def test_no_next_year_is_a_month(text: str) -> None:
    """A text whose second number is not the next year is a month."""
    assert (period(text).kind, period(text).months) == ("month", 1)


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "2019", "19-20", "2019-1", "2019-00", "2019-13", "2019-21", "2019-19-Q1", "2019-2020", "2019/20"),
        *("2019-20-Q0", "2019-20-Q5", "2019-20-q3", "2019-20-Q33", "2019-20Q3", "2019-20-Q3-Q4", "Q3 2019-20"),
        *(" 2019-20", "2019-20 ", "2019-20\n", "2019–20", "2019-11-30", "-2019-20", "..", "2019-20/../x"),
    ],
)
def test_refuses_anything_else(text: str) -> None:
    """Anything else is refused, quoting it and saying what to write."""
    with pytest.raises(ValueError, match="is not a period; write 2019-20-Q3, 2019-20 or 2019-11") as refusal:
        period(text)

    assert str(refusal.value).startswith(repr(text))


@pytest.mark.parametrize("text", ["２０１９-20", "٢٠١٩-20-Q3", "２０19-11"])
def test_refuses_other_digits(text: str) -> None:
    """Digits of another script are refused: no file name or heading could be made of them."""
    with pytest.raises(ValueError, match="is not a period"):
        period(text)


@pytest.mark.parametrize("text", ["2019-20", "2019-11"])
def test_quarter_refuses_other_periods(text: str) -> None:
    """Where a quarter is wanted, a year or a month is refused, saying how a quarter is written."""
    with pytest.raises(ValueError, match="is not a quarter; write it as 2019-20-Q3") as refusal:
        quarter(text)

    assert str(refusal.value).startswith(repr(text))


def test_quarter_refuses_what_is_no_period() -> None:
    """Where a quarter is wanted, a text that is no period at all is refused too."""
    with pytest.raises(ValueError, match="'2019-20-Q5' is not a period"):
        quarter("2019-20-Q5")


@pytest.mark.parametrize(
    ("year_starts", "text", "span", "last_day"),
    [
        (1, "2019-20", "January to December 2019", "2019-12-31"),
        (1, "2019-20-Q1", "January to March 2019", "2019-03-31"),
        (1, "2019-20-Q4", "October to December 2019", "2019-12-31"),
        (7, "2019-20-Q2", "October to December 2019", "2019-12-31"),
        (9, "2019-20", "September 2019 to August 2020", "2020-08-31"),
        (9, "2019-20-Q2", "December 2019 to February 2020", "2020-02-29"),
        (12, "2019-20-Q1", "December 2019 to February 2020", "2020-02-29"),
        (12, "2019-20", "December 2019 to November 2020", "2020-11-30"),
        (9, "2019-11", "November 2019", "2019-11-30"),
    ],
)
def test_other_years(year_starts: int, text: str, span: str, last_day: str) -> None:
    """A council year may start in any month; a calendar month stays where it is."""
    read = period(text, year_starts)

    assert (span, last_day) == (read.span, read.last_day)


def test_order_and_measure() -> None:
    """Periods of every kind stand on one line of months: a year ends with its last quarter and its last month."""
    year, last, march = period("2019-20"), period("2019-20-Q4"), period("2020-03")

    assert year.end == last.end == march.end == march.start
    assert year.start < last.start < march.start
    assert period("2020-21").start == year.end + 1


@pytest.mark.parametrize(
    ("current", "quarters", "then"),
    [
        ("2019-20-Q3", 0, "2019-20-Q3"),
        ("2019-20-Q3", 1, "2019-20-Q2"),
        ("2019-20-Q1", 1, "2018-19-Q4"),
        ("2019-20-Q3", 4, "2018-19-Q3"),
        ("2019-20-Q1", 9, "2016-17-Q4"),
        ("2000-01-Q1", 1, "1999-00-Q4"),
        ("1999-00-Q4", -1, "2000-01-Q1"),
    ],
)
def test_earlier(current: str, quarters: int, then: str) -> None:
    """Going back by quarters crosses years and the century."""
    assert quarter(then) == earlier(quarter(current), quarters)


def test_earlier_keeps_the_council_year() -> None:
    """Going back keeps the month in which the council's year starts."""
    assert quarter("2018-19-Q4", 9) == earlier(quarter("2019-20-Q1", 9), 1)


@pytest.mark.parametrize("text", ["2019-20", "2019-11"])
def test_earlier_refuses_other_periods(text: str) -> None:
    """Only a quarter has quarters before it: a year or a month is refused, not turned into some quarter."""
    with pytest.raises(ValueError, match="quarter"):
        earlier(period(text), 1)


@settings(deadline=None)
@given(text=QUARTERS, quarters=st.integers(1, 400), year_starts=YEAR_STARTS)
def test_earlier_is_that_much_before(text: str, quarters: int, year_starts: int) -> None:
    """The quarter n before is 3n months before, is over by then, is written as itself, and leads back."""
    now = quarter(text, year_starts)
    then = earlier(now, quarters)

    assert now.start - 3 * quarters == then.start
    assert then.end < now.start
    assert quarter(then.text, year_starts) == then
    assert now == earlier(then, -quarters)


@settings(deadline=None)
@given(text=QUARTERS, year_starts=YEAR_STARTS)
def test_four_quarters_fill_a_year(text: str, year_starts: int) -> None:
    """The four quarters of a year follow one another and fill it."""
    year = period(text[:7], year_starts)
    quarters = [quarter(f"{year.text}-Q{number}", year_starts) for number in (1, 2, 3, 4)]

    assert (year.start, year.end) == (quarters[0].start, quarters[-1].end)
    assert [after.start for after in quarters[1:]] == [before.end + 1 for before in quarters[:-1]]
    assert year.months == sum(one.months for one in quarters)


@given(count=st.integers(1900 * 12, 2099 * 12))
def test_month_by_count(count: int) -> None:
    """A month given by its count says which month it is, whatever the text could mean besides."""
    found = month(count)

    assert Period(f"{count // 12}-{count % 12 + 1:02d}", "month", count, count) == found
    assert f"{MONTHS[count % 12]} {count // 12}" == found.name == found.span


def test_a_day_is_written_as_a_reader_would() -> None:
    """No leading nought, and the month in full."""
    assert day("2020-03-01") == "1 March 2020"


@pytest.mark.parametrize(
    ("text", "quarters", "then"),
    [("1800-01-Q1", 1, "1799-00-Q4"), ("1800-01-Q1", 40, "1790-91-Q1"), ("2199-00-Q4", -1, "2200-01-Q1")],
)
def test_counting_goes_beyond_what_may_be_written(text: str, quarters: int, then: str) -> None:
    """The quarter before the first of all, and the one after the last, can be named, though no record is of them."""
    beyond = earlier(quarter(text), quarters)

    assert beyond.text == then
    assert beyond.end == quarter(text).end - 3 * quarters
    assert ending("quarter", beyond.end) == beyond
    assert ending("year", beyond.end - beyond.end % 12 + 2).kind == "year"
    assert month(beyond.end).end == beyond.end
