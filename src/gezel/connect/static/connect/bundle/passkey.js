// Offer the passkey only where the browser knows what that is.
if (window.PublicKeyCredential) {
  for (const button of document.querySelectorAll("[data-passkey]")) button.hidden = false
}
