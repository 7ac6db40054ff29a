/// <reference types="vitest/config" />
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

/** What choices are made with: in forms and lists, and never before the first of them. */
const CHOICES = /@mantine[\\/]core[\\/]esm[\\/]components[\\/](Combobox|Select|Autocomplete|Checkbox|Radio|Switch|ScrollArea|Table|Tabs|Drawer|Modal|ModalBase)[\\/]/;

/** What only few forms need. */
const RARE = /@mantine[\\/]core[\\/]esm[\\/]components[\\/](MultiSelect|TagsInput|Pill|PillsInput|Textarea|Progress|Chip)[\\/]/;

/** Numbers are typed into few forms. */
const NUMBER = /@mantine[\\/]core[\\/]esm[\\/]components[\\/]NumberInput[\\/]|react-number-format/;

/** What only automations are drawn with. */
const FLOW = /@tabler[\\/].*[\\/]Icon(ArrowsMoveVertical|Bell|Bolt|Braces|Checkbox|Clock|Code|EyeOff|GitBranch|HandClick|ListCheck|Message|Note|PhoneCall|PlayerPlay|PlayerStop|RotateClockwise|TextSize|Variable|Wand|Webhook)\.mjs/;

/** What is wanted before the shell is, and hardly any page after it. */
const OUTSIDE = /@mantine[\\/]core[\\/]esm[\\/]components[\\/]PasswordInput[\\/]/;

export default defineConfig({
  plugins: [react()],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  // the server puts a fresh nonce in place of this word in every response
  html: { cspNonce: '__CSP_NONCE__' },
  build: {
    target: 'es2022',
    // no data: URLs, so the content security policy needs no font-src data:
    assetsInlineLimit: 0,
    manifest: true,
    reportCompressedSize: false,
    rolldownOptions: {
      output: {
        codeSplitting: {
          // few shared chunks instead of dozens of small ones: half the requests of the default splitting
          groups: [
            { name: 'react', test: /node_modules[\\/](react|react-dom|scheduler)[\\/]/, priority: 3 },
            { name: 'tanstack', test: /node_modules[\\/]@tanstack[\\/]/, priority: 2 },
            {
              name: 'ui',
              test: (id) => /node_modules[\\/](@mantine[\\/](core|hooks)|@floating-ui|@tabler|react-remove-scroll|react-transition-group)[\\/]/.test(id) && ![CHOICES, RARE, NUMBER, FLOW, OUTSIDE].some((apart) => apart.test(id)),
              minShareCount: 2,
              priority: 1,
            },
            { name: 'choices', test: CHOICES, minShareCount: 2 },
            { name: 'rare', test: RARE, minShareCount: 2 },
            { name: 'number', test: NUMBER, minShareCount: 2 },
            { name: 'flow', test: FLOW, minShareCount: 2 },
            // what every page is made of, in one file
            { name: 'base', test: /src[\\/]shared[\\/](api|auth|store|i18n[\\/](index|errors)\.ts|ui[\\/](toast|shortcuts|Mark|Switches|Page\.))/, minShareCount: 2, priority: 1 },
          ],
        },
      },
    },
  },
  server: { proxy: { '/api': { target: 'http://127.0.0.1:7180', ws: true }, '/fhir': 'http://127.0.0.1:7180' } },
  test: {
    environment: 'happy-dom',
    include: ['src/**/*.test.{ts,tsx}'],
    css: false,
    // slow machines do the same in more time
    testTimeout: 20_000,
    setupFiles: ['./src/test-setup.ts'],
  },
});
