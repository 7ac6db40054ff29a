import '@testing-library/jest-dom/vitest';

// happy-dom has no document.fonts; the library's growing text field listens to it
if (!document.fonts) {
  Object.defineProperty(document, 'fonts', { value: { addEventListener() {}, removeEventListener() {} } });
}
