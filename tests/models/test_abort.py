"""llama.cpp is stopped within an evaluation, and goes on as if there had been none."""

from collections.abc import Iterator

import pytest

from companion.engine.cancel import CancelToken
from companion.engine.llm.native import NativeModel, NativeOptions
from companion.engine.llm.prefix import PrefixCache
from tests.contract.test_llm import STARTER

pytestmark = pytest.mark.models


@pytest.fixture
def native() -> Iterator[NativeModel]:
    native = NativeModel(STARTER, NativeOptions(context_tokens=512, threads=1, prefill_threads=1, gpu_layers=0))
    yield native
    native.close()


def test_cancel_within_an_evaluation_ends_it_and_leaves_nothing_of_it(native: NativeModel) -> None:
    cache = PrefixCache(native, native.piece_tokens)
    text = native.tokenize("The sea was calm that day, and nobody on board thought of the storm.", special=False)

    def next_token() -> int:
        with native.sampler(temperature=0, top_p=1, repeat_penalty=1, seed=1) as sampler:
            return sampler.sample()

    cache.hold_for_sampling(text, CancelToken())
    expected = next_token()
    cache.hold_for_sampling(text[:8], CancelToken())
    cancelled = CancelToken()
    cancelled.cancel()
    assert not native.decode(text[8:], cancelled)
    cache.append(text[8], cancelled)
    assert len(cache) == 8
    assert cache.hold_for_sampling(text, CancelToken()) == len(text) - 8
    assert next_token() == expected
