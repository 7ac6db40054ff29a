import { expect, it } from 'vitest';
import { inSettings, isActive, type NavItem, settingsGate, settingsNav, visibleGroups } from './nav';

const item = (to: string) => ({ to }) as NavItem;

it('marks the page one is on, and not one whose address merely begins alike', () => {
  expect(isActive(item('/'), '/')).toBe(true);
  expect(isActive(item('/'), '/settings')).toBe(false);
  expect(isActive(item('/settings/hours'), '/settings/hours/')).toBe(true);
  expect(isActive(item('/settings/api'), '/settings/api-keys')).toBe(false);
  expect(isActive({ ...item('/cases'), also: ['/calls'] }, '/calls/dashboard')).toBe(true);
  expect(inSettings('/settings')).toBe(true);
  expect(inSettings('/settingsfoo')).toBe(false);
});

it('shows only groups with a page that the person may open', () => {
  expect(visibleGroups(() => false).flatMap((g) => g.items).every((i) => !i.needs)).toBe(true);
  const groups = visibleGroups((p) => p === 'services.read');
  expect(groups.flatMap((g) => g.items).some((i) => i.to === '/settings/services')).toBe(true);
  expect(groups.every((g) => g.items.length > 0)).toBe(true);
  expect(settingsGate(() => true)).toHaveLength(1);
});

it('has every page once, with a word on what is there', () => {
  const items = settingsNav.flatMap((g) => g.items);
  expect(new Set(items.map((i) => i.to)).size).toBe(items.length);
  expect(items.every((i) => i.about)).toBe(true);
});
