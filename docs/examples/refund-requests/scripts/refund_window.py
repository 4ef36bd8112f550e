#!/usr/bin/env python3
"""Says whether a date lies inside the refund window, and how many days are left."""
import datetime
import sys

WINDOW_DAYS = 30


def main() -> int:
    if len(sys.argv) not in (2, 3):
        print("usage: refund_window.py ORDER_DATE [TODAY]", file=sys.stderr)
        return 2
    dates = [datetime.date.fromisoformat(text) for text in sys.argv[1:]]
    today = dates[1] if len(dates) == 2 else datetime.date.today()
    left = WINDOW_DAYS - (today - dates[0]).days
    print("inside" if left >= 0 else "outside", max(left, 0))
    return 0


if __name__ == "__main__":
    sys.exit(main())
