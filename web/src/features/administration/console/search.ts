import { isResource, type Resource } from './reading';

export const validateReadSearch = (search: Record<string, unknown>): { what?: Resource } => (isResource(search.what) ? { what: search.what } : {});
