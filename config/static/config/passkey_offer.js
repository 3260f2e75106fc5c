// Offer a passkey where this phone can keep one; the browser inside a mail app often cannot.
const offer = document.getElementById('passkey-offer')
if (offer && window.PublicKeyCredential) {
  PublicKeyCredential.isUserVerifyingPlatformAuthenticatorAvailable().then(function (can) {
    offer.hidden = !can
  }, function () {})
}
