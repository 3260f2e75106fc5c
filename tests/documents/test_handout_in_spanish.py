"""The handout of a Spanish client is Spanish, to the last word of ours."""

import pytest
from django.utils.translation import override

from clinic.documents import handout as documents_handout
from tests import make
from tests.documents import printed


@pytest.mark.parametrize("state", ["active", "held", "ended"])
def test_a_spanish_sheet_has_no_english_word_of_ours(cast, state):
    plan = make.prescription(make.client(cast.alice, "Luz", language="es"), sets=2, variation="chair")
    plan.state = state
    text = printed.text(documents_handout.build_handout(plan))
    with override("es"):
        assert "Para Luz, de Alice." in text
    for word in ("Your", "Check:", "Call", "Stop", "Step", "Every", "Page", "Paused", "This plan", "between", "pain"):
        assert word not in text, word
    for page_text in ("Su plan", "Compruebe:", "Pare y llámenos enseguida", "Llámenos", "Página 1 de 2"):
        assert page_text in text
