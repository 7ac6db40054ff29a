import { afterEach, expect, it, vi } from 'vitest';
import { base64urlOf, bytesOf, creationOptions, credentialJson, requestOptions } from './webauthn';

// a browser that has passkeys, and none of the newer helpers
vi.stubGlobal('PublicKeyCredential', class {});
afterEach(() => vi.restoreAllMocks());

it('reads and writes base64url, with its two other letters and without padding', () => {
  expect([...bytesOf('-_8')]).toEqual([251, 255]);
  expect(base64urlOf(new Uint8Array([251, 255]).buffer)).toBe('-_8');
  for (let length = 0; length < 70; length++) {
    const bytes = Uint8Array.from({ length }, (_, i) => (i * 37 + length) % 256);
    expect(bytesOf(base64urlOf(bytes.buffer))).toEqual(bytes);
  }
});

it('turns options from text into bytes where the browser cannot', () => {
  const asked = requestOptions({ challenge: 'AQI', rpId: 'localhost', allowCredentials: [{ type: 'public-key', id: 'Aw' }], userVerification: 'required' });
  expect(asked).toMatchObject({ rpId: 'localhost', userVerification: 'required' });
  expect([...(asked.challenge as Uint8Array)]).toEqual([1, 2]);
  expect([...(asked.allowCredentials![0]!.id as Uint8Array)]).toEqual([3]);
  const made = creationOptions({
    challenge: 'AQI',
    rp: { name: 'Vantage', id: 'localhost' },
    user: { id: 'BA', name: 'a@b.example', displayName: 'A' },
    pubKeyCredParams: [{ type: 'public-key', alg: -7 }],
  });
  expect([...(made.user.id as Uint8Array)]).toEqual([4]);
  expect(made.excludeCredentials).toEqual([]);
});

it('leaves the work to the browser where it can', () => {
  const parse = vi.fn(() => ({ challenge: new Uint8Array() }));
  vi.stubGlobal('PublicKeyCredential', Object.assign(class {}, { parseRequestOptionsFromJSON: parse }));
  requestOptions({ challenge: 'AQI' });
  expect(parse).toHaveBeenCalledTimes(1);
});

it('writes an answer down as the server reads it', () => {
  const bytes = (...list: number[]) => new Uint8Array(list).buffer;
  const common = { id: 'AQ', rawId: bytes(1), type: 'public-key', authenticatorAttachment: 'platform', getClientExtensionResults: () => ({}) };
  const used = { ...common, response: { clientDataJSON: bytes(2), authenticatorData: bytes(3), signature: bytes(4), userHandle: null } };
  expect(credentialJson(used as unknown as PublicKeyCredential)).toMatchObject({
    rawId: 'AQ',
    response: { clientDataJSON: 'Ag', authenticatorData: 'Aw', signature: 'BA', userHandle: null },
  });
  const made = { ...common, response: { clientDataJSON: bytes(2), attestationObject: bytes(5), getTransports: () => ['internal'] } };
  expect(credentialJson(made as unknown as PublicKeyCredential)).toMatchObject({
    response: { attestationObject: 'BQ', transports: ['internal'] },
  });
});
