/** Below this width lists are cards and there is a bar at the foot. */
export const PHONE = '(max-width: 47.99em)';
