"""Documents of award lists: workbook, CSV, order, list and diplomas."""
