# make run    set up what is missing, then open the window (without a display: answer a bundled recording)
# make test   the same set-up, then lint, types, layers and all tests
# make lint   style, types and layers only
# make bench  the benchmark: stages, turns, turns under load, long conversations (BENCH='--quick', --only, --compare:
#             see BENCH=--help); `companion bench` is the report for users
# make screenshots  draw every window again, into docs/screenshots (SHOTS='FOLDER --all': every view in every way)
# make translations collect the window's sentences, compile the translations, list what is missing
# make audit  look for known vulnerabilities in the pinned packages
# make gpu    compile the language model's library for an NVIDIA card (needs the CUDA toolkit; set-up does it by itself
#             when it finds both)
# make lock   choose the newest versions again and pin them in requirements/
# make clean  remove what set-up and tests made here, the models excepted

.PHONY: run test lint bench soak screenshots translations audit gpu lock clean
.DEFAULT_GOAL := run

BIN := .venv/bin
LOCK := $(BIN)/uv pip compile --universal --python-version 3.11 --fork-strategy fewest --upgrade --quiet \
	--generate-hashes --no-emit-index-url --no-annotate --no-header

run:
	@scripts/setup.sh run
	@if [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ] || [ "$$(uname)" = Darwin ]; then \
		exec $(BIN)/companion; \
	else \
		echo 'There is no display here, so no window: answering a recorded question instead.'; \
		exec $(BIN)/companion ask companion/resources/questions/google_brooklyn_bridge.flac; \
	fi

test: lint
	@$(BIN)/python -m pytest

lint:
	@scripts/setup.sh test
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

bench:
	@scripts/setup.sh run
	@$(BIN)/python -m tests.bench $(BENCH)

soak:
	@scripts/setup.sh test
	@$(BIN)/python -m tests.bench.soak_turns --folder docs/soak
	@$(BIN)/python -m pytest -m reader --hypothesis-profile=long --hypothesis-show-statistics --timeout 3600 -o faulthandler_timeout=0
	@$(BIN)/python -m pytest -m soak --timeout 7200 -o faulthandler_timeout=0 $(SOAK)

screenshots:
	@scripts/setup.sh test
	@$(BIN)/python -m scripts.screenshots $(SHOTS)

translations:
	@scripts/setup.sh test
	@$(BIN)/python -m scripts.translations

audit:
	@scripts/setup.sh test
	@$(BIN)/python -m scripts.audit

gpu:
	@CMAKE_ARGS='-DLLAVA_BUILD=OFF -DGGML_CUDA=on' scripts/setup.sh run

lock:
	$(LOCK) pyproject.toml -o requirements/run.txt
	$(LOCK) pyproject.toml --group dev -c requirements/run.txt -o requirements/dev.txt
	$(LOCK) requirements/build.in -o requirements/build.txt
	$(LOCK) requirements/gpu.in -o requirements/gpu.txt
	$(LOCK) requirements/uv.in -o requirements/uv.txt

clean:
	rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .benchmarks
	find companion scripts tests -name __pycache__ -type d -prune -exec rm -rf {} +
