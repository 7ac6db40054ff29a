import { expect, it } from 'vitest';
import { type Service, withArchived } from './api';
import { nextSort, validateServicesSearch } from './search';

const pages = (items: Partial<Service>[]) => ({ pages: [{ items: items as Service[], nextCursor: null }], pageParams: [undefined] });

it('takes an archived service out of the list it no longer belongs to', () => {
  const two = pages([{ id: 'a', archivedAt: null }, { id: 'b', archivedAt: null }]);
  expect(withArchived(two, 'active', 'a', 'now').pages[0]!.items.map((s) => s.id)).toEqual(['b']);
  expect(withArchived(two, 'all', 'a', 'now').pages[0]!.items.map((s) => s.archivedAt)).toEqual(['now', null]);
  expect(withArchived(pages([{ id: 'a', archivedAt: 'then' }]), 'archived', 'a', null).pages[0]!.items).toEqual([]);
});

it('keeps defaults out of the address and drops what does not belong there', () => {
  expect(validateServicesSearch({ status: 'active', sort: 'name', q: '', new: 'yes' })).toEqual({});
  expect(validateServicesSearch({ status: 'gone', sort: '-price', q: 120, foo: 1 })).toEqual({ sort: '-price', q: '120' });
});

it('turns the order round on the second click', () => {
  expect(nextSort('price', 'name')).toBe('price');
  expect(nextSort('price', 'price')).toBe('-price');
  expect(nextSort('price', '-price')).toBe('price');
});
