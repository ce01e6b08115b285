# Every target builds what it needs: `make quarter` on a fresh clone is enough.
PYTHON ?= python3
FRAMEWORK ?= lancashire-2019
QUARTER ?= 2019-20-Q3
BIN := .venv/bin
READY := .venv/ready
CLEAR := --ClearMetadataPreprocessor.enabled=True --ClearMetadataPreprocessor.clear_notebook_metadata=False \
	--ClearMetadataPreprocessor.preserve_cell_metadata_mask=tags

.DEFAULT_GOAL := help
.PHONY: help quarter lab check test attack bench notebooks clean

help:  ## say what there is
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## */\t/' | expand -t 12

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or later is needed" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $(READY)

quarter: $(READY)  ## run and render a quarter (FRAMEWORK=, QUARTER=)
	$(BIN)/kpilib run $(FRAMEWORK) $(QUARTER)

lab: $(READY)  ## open JupyterLab on the notebooks
	$(BIN)/jupyter lab --notebook-dir=. --LabApp.default_url=/lab/tree/notebooks/$(FRAMEWORK)

check: $(READY)  ## style and types
	$(BIN)/ruff check kpilib tests benchmarks
	$(BIN)/ruff format --check kpilib tests benchmarks
	$(BIN)/mypy

test: check  ## every test: records, judgement, notebooks, pages in a browser, paper
	$(BIN)/pytest -n 2 --dist worksteal tests
	$(BIN)/pytest -n 2 --dist loadfile --nbval notebooks

attack: $(READY)  ## break records, forms and mappings, render odd councils, kill runs: thousands of times (an hour)
	$(BIN)/python tests/attack/attack.py

bench: $(READY)  ## time whole quarters beside the plain way, into docs/performance.md (a quarter of an hour)
	$(BIN)/python benchmarks/quarter.py --write

notebooks: $(READY)  ## run the committed notebooks again, in place
	$(BIN)/jupyter nbconvert --to notebook --inplace --execute --ExecutePreprocessor.record_timing=False \
		--log-level=ERROR $(CLEAR) notebooks/*.ipynb notebooks/*/*.ipynb

clean:  ## take away what was made
	rm -rf outputs .venv
