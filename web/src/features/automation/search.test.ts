import { expect, it } from 'vitest';
import { validateRunsSearch, validateWorkflowsSearch } from './search';

it('keeps defaults out of addresses and drops what does not belong there', () => {
  expect(validateWorkflowsSearch({ shelf: 'all', q: '', x: 1 })).toEqual({});
  expect(validateWorkflowsSearch({ shelf: 'published', q: 12 })).toEqual({ shelf: 'published', q: '12' });
  expect([validateWorkflowsSearch({ settings: true }), validateWorkflowsSearch({ settings: 'x' })]).toEqual([{ settings: true }, {}]);
  expect(validateRunsSearch({ state: 'gone', workflow: 'x' })).toEqual({});
  expect(validateRunsSearch({ state: 'failed', workflow: '0190a3c0-0000-7000-8000-000000000001' })).toEqual({ state: 'failed', workflow: '0190a3c0-0000-7000-8000-000000000001' });
});
