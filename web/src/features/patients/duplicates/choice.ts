import { same } from '@/shared/forms/merge';
import type { Patient } from '../api';
import { type Field, labels } from '../draft';

/** Lists and texts of both are joined, unless one takes the other one's alone. */
const joined: readonly Field[] = ['phones', 'emails', 'alerts', 'medicalHistory', 'notes', 'consents', 'tags', 'custom'];

const isEmpty = (value: unknown) =>
  value === null || value === undefined || value === '' || value === 'unknown' || (typeof value === 'object' && Object.values(value).every((part) => part === null || part === undefined));

/** Fields in which both have something, and something else: about these somebody decides. The rest is filled in. */
export const undecided = (kept: Patient, other: Patient): Field[] =>
  (Object.keys(labels) as Field[]).filter((field) => !joined.includes(field) && !isEmpty(kept[field]) && !isEmpty(other[field]) && !same(kept[field], other[field]));
