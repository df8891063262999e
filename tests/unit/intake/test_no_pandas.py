"""What a parse child has in the place of pandas."""

import subprocess
import sys

PROGRAM = """
from pipeline.intake.no_pandas import leave_out_pandas
leave_out_pandas()
from docling_core.types.doc.document import TableData, TableItem
import sys
item = TableItem(self_ref="#/tables/0", data=TableData(num_rows=1, num_cols=1))
assert "pandas.core" not in sys.modules and "pyarrow" not in sys.modules
item.export_to_dataframe()
"""


def test_docling_core_loads_without_it_and_a_table_of_it_is_refused() -> None:
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", PROGRAM], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.strip().splitlines()[-1:]) == (
        1,
        ["NotImplementedError: a parse child has no pandas"],
    )
