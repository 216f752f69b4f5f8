/**
 * `<passkey-form data-kind="create|get" data-options="{…}">` around a form: asks the browser for a passkey when the form
 * is sent, puts its answer into the field `response`, and sends the form then.
 */
class PasskeyForm extends HTMLElement {
  connectedCallback(): void {
    this.querySelector('form')?.addEventListener('submit', (event) => {
      const form = event.currentTarget;
      if (!(form instanceof HTMLFormElement)) return;
      const field = form.elements.namedItem('response');
      if (!(field instanceof HTMLInputElement) || field.value !== '') return;
      event.preventDefault();
      void this.#ask(form, field);
    });
  }

  async #ask(form: HTMLFormElement, field: HTMLInputElement): Promise<void> {
    this.#say('端末の画面の案内に従ってください。');
    try {
      const credential = await this.#credential();
      if (!(credential instanceof PublicKeyCredential)) return this.#say('パスキーが選ばれませんでした。');
      field.value = JSON.stringify(credential.toJSON());
      this.#say('');
      form.submit();
    } catch (error) {
      this.#say(sentenceFor(error));
    }
  }

  #credential(): Promise<Credential | null> {
    const options: unknown = JSON.parse(this.dataset['options'] ?? '{}');
    if (this.dataset['kind'] === 'create') {
      const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(
        options as PublicKeyCredentialCreationOptionsJSON,
      );
      return navigator.credentials.create({ publicKey });
    }
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options as PublicKeyCredentialRequestOptionsJSON);
    return navigator.credentials.get({ publicKey });
  }

  #say(text: string): void {
    const place = this.querySelector('[data-role="trouble"]');
    if (place !== null) place.textContent = text;
  }
}

function sentenceFor(error: unknown): string {
  if (error instanceof DOMException && error.name === 'InvalidStateError') {
    return 'この端末またはカードは、もう登録されています。';
  }
  if (error instanceof DOMException && error.name === 'NotAllowedError') {
    return '取りやめられたか、時間が過ぎました。もう一度押してください。';
  }
  return 'このブラウザーまたは接続ではパスキーを使えません。https で開いているかを確かめるか、認証アプリを使ってください。';
}

/** Makes `<passkey-form>` known to the browser. */
export function definePasskeyForm(): void {
  customElements.define('passkey-form', PasskeyForm);
}
