// Say on the page that a passkey was not used (allauth tells it to the console alone).
document.addEventListener('allauth.error', function (event) {
  const said = document.getElementById('key_trouble')
  if (said) {
    said.hidden = false
    event.preventDefault()
  }
})
