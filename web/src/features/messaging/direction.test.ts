import { expect, it } from 'vitest';
import { directionOf } from './direction';

it('runs as most of its words do', () => {
  expect(directionOf('Alpha Dental: موعدكم يوم الأحد 6 ديسمبر الساعة 09:00', 'en')).toBe('rtl');
  expect(directionOf('{{ practice.name }}: {{ appointment.date }} موعدكم', 'en')).toBe('rtl');
  expect(directionOf('موعدكم https://alpha.example/v#a-very-long-secret-that-is-latin', 'ar')).toBe('rtl');
  expect(directionOf('Alpha Dental Center: موعدكم غدًا', 'en')).toBe('rtl');
  expect(directionOf('Dear Lina, see you on Sunday', 'ar')).toBe('ltr');
});

it('runs as its language does where there are no words', () => {
  expect([directionOf('', 'ar'), directionOf('1', 'en'), directionOf('{{ patient.name }}', 'ar')]).toEqual(['rtl', 'ltr', 'rtl']);
});
