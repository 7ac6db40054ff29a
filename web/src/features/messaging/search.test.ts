import { expect, it } from 'vitest';
import { validateMessagesSearch } from './search';

const patient = '0b000000-0000-4000-8000-000000000001';

it('keeps what fits the shelf and drops the rest', () => {
  expect(validateMessagesSearch({ shelf: 'all', channel: 'sms', state: 'sent', patient })).toEqual({ shelf: 'all', channel: 'sms', state: 'sent', patient });
  expect(validateMessagesSearch({ shelf: 'failed', state: 'sent' })).toEqual({ shelf: 'failed' });
  expect(validateMessagesSearch({ shelf: 'failed', state: 'bounced' })).toEqual({ shelf: 'failed', state: 'bounced' });
  expect(validateMessagesSearch({ shelf: 'all', patient: 'Lina Haddad', channel: 'fax' })).toEqual({ shelf: 'all' });
  expect(validateMessagesSearch({ shelf: 'inbox', channel: 'sms' })).toEqual({});
  expect(validateMessagesSearch({})).toEqual({});
});
