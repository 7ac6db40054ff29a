/** What is dragged to a place: a step that moves there, or a block of which one is added there. */
export const STEP_DRAG = 'application/x-step';
export const BLOCK_DRAG = 'application/x-block';
