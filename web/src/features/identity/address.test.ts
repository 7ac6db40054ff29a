import { expect, it } from 'vitest';
import { addressBeside } from './address';

const at = (host: string) => ({ protocol: 'https:', host });

it('finds the other practice beside this one, with its port', () => {
  expect(addressBeside(at('alpha.example.com:8443'), 'alpha', 'beta')).toBe('https://beta.example.com:8443/');
  expect(addressBeside(at('alpha.localhost'), 'alpha', 'beta-dental')).toBe('https://beta-dental.localhost/');
});

it('has none at the shared address, or where a name merely begins alike', () => {
  expect(addressBeside(at('example.com'), 'alpha', 'beta')).toBeUndefined();
  expect(addressBeside(at('alphabet.example.com'), 'alpha', 'beta')).toBeUndefined();
});
