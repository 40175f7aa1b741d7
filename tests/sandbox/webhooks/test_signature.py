import pytest
import stripe

from sandbox.webhooks.signature import sign

BODY = b'{"object": "event", "id": "evt_1"}'


def verify(body, header, secret):
    return stripe.WebhookSignature.verify_header(body.decode(), header, secret, 300)


def test_the_sdk_accepts_the_signature():
    assert verify(BODY, sign(BODY, "whsec_a"), "whsec_a")


@pytest.mark.parametrize(("body", "secret"), [(BODY + b" ", "whsec_a"), (BODY, "whsec_b")])
def test_another_body_or_secret_does_not_fit(body, secret):
    with pytest.raises(stripe.SignatureVerificationError):
        verify(body, sign(BODY, "whsec_a"), secret)


def test_an_old_signature_is_too_old():
    with pytest.raises(stripe.SignatureVerificationError, match="tolerance"):
        verify(BODY, sign(BODY, "whsec_a", at=1_000_000_000), "whsec_a")
