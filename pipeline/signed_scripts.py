"""Scripts whose signs stand above and below their letters: those of India, Thai, Lao, Burmese and Khmer."""

import re

SIGNED = re.compile("[\u0900-\u0dff\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")
