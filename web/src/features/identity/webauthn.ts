import type { Schemas } from '@/shared/api/problem';

/** The browser has passkeys; it lacks them on plain http, except on this very machine. */
export const passkeysWork = () => typeof PublicKeyCredential === 'function' && !!navigator.credentials;

/** The person closed the browser's dialog, or it ran out of time: nothing is wrong, and nothing was done. */
export const dismissed = (error: unknown) => error instanceof DOMException && ['NotAllowedError', 'AbortError'].includes(error.name);

/** This device holds a passkey for the account already. */
export const alreadyHere = (error: unknown) => error instanceof DOMException && error.name === 'InvalidStateError';

/** The document calls it an object; the standard says which. */
export type Credential = Schemas['PasskeyAnswer']['credential'];

export class PasskeyFailed extends Error {
  constructor() {
    super('passkey');
    this.name = 'PasskeyFailed';
  }
}

export function bytesOf(base64url: string): Uint8Array<ArrayBuffer> {
  const binary = atob(base64url.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(binary, (c) => c.charCodeAt(0));
}

export function base64urlOf(bytes: ArrayBuffer): string {
  const binary = String.fromCharCode(...new Uint8Array(bytes));
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

const described = (list: PublicKeyCredentialDescriptorJSON[] | undefined) =>
  (list ?? []).map((d) => ({ ...d, id: bytesOf(d.id) }) as PublicKeyCredentialDescriptor);

/** What `PublicKeyCredential.parseRequestOptionsFromJSON` does, for browsers of before 2025. */
export function requestOptions(json: PublicKeyCredentialRequestOptionsJSON): PublicKeyCredentialRequestOptions {
  if (typeof PublicKeyCredential.parseRequestOptionsFromJSON === 'function') return PublicKeyCredential.parseRequestOptionsFromJSON(json);
  const { challenge, allowCredentials, extensions: _, ...rest } = json;
  return { ...rest, challenge: bytesOf(challenge), allowCredentials: described(allowCredentials) } as PublicKeyCredentialRequestOptions;
}

/** What `PublicKeyCredential.parseCreationOptionsFromJSON` does. */
export function creationOptions(json: PublicKeyCredentialCreationOptionsJSON): PublicKeyCredentialCreationOptions {
  if (typeof PublicKeyCredential.parseCreationOptionsFromJSON === 'function') return PublicKeyCredential.parseCreationOptionsFromJSON(json);
  const { challenge, user, excludeCredentials, extensions: _, ...rest } = json;
  return {
    ...rest,
    challenge: bytesOf(challenge),
    user: { ...user, id: bytesOf(user.id) },
    excludeCredentials: described(excludeCredentials),
  } as PublicKeyCredentialCreationOptions;
}

/** What `credential.toJSON()` does; password managers that stand in for the browser often lack it. */
export function credentialJson(credential: PublicKeyCredential): Record<string, unknown> {
  if (typeof credential.toJSON === 'function') return credential.toJSON() as Record<string, unknown>;
  const { response } = credential;
  const parts: Record<string, unknown> = { clientDataJSON: base64urlOf(response.clientDataJSON) };
  if ('attestationObject' in response) {
    const made = response as AuthenticatorAttestationResponse;
    parts.attestationObject = base64urlOf(made.attestationObject);
    parts.transports = made.getTransports?.() ?? [];
  } else {
    const used = response as AuthenticatorAssertionResponse;
    parts.authenticatorData = base64urlOf(used.authenticatorData);
    parts.signature = base64urlOf(used.signature);
    parts.userHandle = used.userHandle ? base64urlOf(used.userHandle) : null;
  }
  return {
    id: credential.id,
    rawId: base64urlOf(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment,
    clientExtensionResults: credential.getClientExtensionResults(),
    response: parts,
  };
}

/** Has the person pick one of their passkeys and prove that it is them. */
export async function askForPasskey(options: PublicKeyCredentialRequestOptionsJSON) {
  const credential = await navigator.credentials.get({ publicKey: requestOptions(options) });
  if (!credential) throw new PasskeyFailed();
  return credentialJson(credential as PublicKeyCredential) as Credential;
}

/** Has the person make a passkey on this device, or on one beside it. */
export async function makePasskey(options: PublicKeyCredentialCreationOptionsJSON) {
  const credential = await navigator.credentials.create({ publicKey: creationOptions(options) });
  if (!credential) throw new PasskeyFailed();
  return credentialJson(credential as PublicKeyCredential) as Credential;
}
