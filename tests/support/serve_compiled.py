"""``app.py``, but for its GPU lane there is one network to compile, the classifier of upside-down lines: all of them take minutes.

Run it under ``tests.standins.zerogpu`` with ZEROGPU_STANDIN_PLAIN.
"""

import app  # imports spaces before anything else

# isort: split
from pipeline.models import catalog
from pipeline.models.light_torch.specs import angle_spec

if __name__ == "__main__":
    catalog.light_specs = lambda: (angle_spec(),)
    app.main()
