# SPDX-License-Identifier: MIT
# expect: drawn
import datetime

import matplotlib.dates as mdates
import matplotlib.pyplot as plt

days = [datetime.date(2024, 1, 1) + datetime.timedelta(days=20 * i) for i in range(12)]
fig, ax = plt.subplots(num="Through the year")
ax.plot(days, [i**1.5 for i in range(12)], marker="s")
ax.xaxis.set_major_formatter(mdates.DateFormatter("%Y-%b"))
fig.autofmt_xdate()
