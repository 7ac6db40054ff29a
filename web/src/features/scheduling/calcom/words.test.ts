import { expect, it } from 'vitest';
import { translator } from '@/shared/i18n';
import ar from '@/shared/i18n/scheduling.ar.json';
import en from '@/shared/i18n/scheduling.en.json';
import { isAgainstOurs, reasonText } from './words';

const words = translator('en', en);

it('has words for what Cal.com says and for what our calendar says', () => {
  const said = ['taken', 'out_of_bounds', 'refused', 'missing', 'key_refused', 'rate_limited', 'unreachable', 'unknown', 'no_contact', 'cancelled_there', 'twice_there'];
  const ours = ['provider_busy_here', 'room_busy_here', 'patient_busy_here', 'closed_here', 'over_here', 'refused_here'];
  for (const reason of [...said, ...ours]) {
    expect(reasonText(words, reason), reason).not.toBe(en['scheduling.calcom.reason.other']);
    expect(ar).toHaveProperty([`scheduling.calcom.reason.${reason}`]);
  }
  expect(reasonText(words, 'of_tomorrow')).toBe(en['scheduling.calcom.reason.other']);
  expect([isAgainstOurs({ reason: 'closed_here' }), isAgainstOurs({ reason: 'taken' }), isAgainstOurs({ reason: null })]).toEqual([true, false, false]);
});
