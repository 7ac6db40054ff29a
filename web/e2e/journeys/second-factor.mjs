// Codes of an app, recovery codes and passkeys: set up, used to sign in, and removed.
import assert from 'node:assert/strict';
import { axe, BASE, newcomer, open, signIn, signOut, signUp } from '../browser.mjs';
import { authenticator } from '../totp.mjs';

const security = `${BASE}/account/security`;

/** A fingerprint reader that says yes, by the debugging protocol. */
async function fingerprintReader(context, page) {
  const cdp = await context.newCDPSession(page);
  await cdp.send('WebAuthn.enable');
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
  });
  return { says: (isUserVerified) => cdp.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified }) };
}

export default async function ({ browser, watch, step, must }) {
  const who = newcomer();
  const { context, page } = await open(browser, { watch });
  const dialog = page.getByRole('dialog');
  const code = page.getByLabel('6-digit code');
  const home = () => page.getByRole('heading', { level: 1, name: /Sara/ }).waitFor();
  const prove = async () => {
    await dialog.getByLabel('Password', { exact: true }).fill(who.password);
    await dialog.locator('button[type=submit]').click();
  };
  let next;
  let last;
  let codes;

  await must('sign up', () => signUp(page, who), page);

  await must('set up an authenticator app', async () => {
    await page.goto(security);
    await page.getByRole('button', { name: 'Set up the app' }).click();
    await dialog.getByLabel('Password', { exact: true }).fill('certainly not right');
    await dialog.getByRole('button', { name: 'Continue' }).click();
    await dialog.getByText('This is not your password.').waitFor();
    await prove();
    next = authenticator(await dialog.getByLabel('Key').inputValue());
    await dialog.getByRole('img', { name: 'Picture for the authenticator app' }).evaluate((picture) => picture.decode());
    assert.deepEqual((await axe(page)).grave, []);
    await code.fill('000000');
    await dialog.getByText('This code is not right').waitFor();
    // pasted as telephones show it
    const right = await next();
    await code.fill(`${right.slice(0, 3)} ${right.slice(3)}`);
    await dialog.getByRole('list', { name: 'Recovery codes' }).waitFor();
    codes = await dialog.getByRole('list', { name: 'Recovery codes' }).getByRole('listitem').allTextContents();
    assert.equal(new Set(codes).size, 10);
  }, page);

  await step('the codes are shown until they are put away', async () => {
    await page.keyboard.press('Escape');
    await dialog.waitFor();
    assert.ok(await dialog.getByRole('button', { name: 'Done' }).isDisabled());
    assert.deepEqual((await axe(page)).grave, []);
    const [file] = await Promise.all([page.waitForEvent('download'), dialog.getByRole('button', { name: 'Save as a file' }).click()]);
    assert.equal(file.suggestedFilename(), 'vantage-recovery-codes.txt');
    await dialog.getByLabel('I have put them in a safe place').check();
    await dialog.getByRole('button', { name: 'Done' }).click();
    await page.getByText(/^On since/).waitFor();
    await page.getByText('10 codes left').waitFor();
  }, page);

  await step('sign in with a code; a wrong one may be followed by another', async () => {
    await signOut(page);
    await signIn(page, who);
    await page.getByRole('heading', { name: 'One more step' }).waitFor();
    assert.deepEqual((await axe(page)).grave, []);
    await code.fill('000000');
    await page.getByText('This code is not right').waitFor();
    last = await next();
    await page.keyboard.type(last);
    await home();
  }, page);

  await step('a code that was seen opens nothing again', async () => {
    await signOut(page);
    await signIn(page, who);
    await code.fill(last);
    await page.getByText('This code is not right').waitFor();
  }, page);

  await step('a recovery code opens once', async () => {
    await page.getByRole('button', { name: 'Use a recovery code' }).click();
    await page.getByLabel('Recovery code').fill(codes[0].toUpperCase().replaceAll('-', ' '));
    await page.getByRole('button', { name: 'Confirm' }).click();
    await home();
    await signOut(page);
    await signIn(page, who);
    await page.getByRole('button', { name: 'Use a recovery code' }).click();
    await page.getByLabel('Recovery code').fill(codes[0]);
    await page.getByRole('button', { name: 'Confirm' }).click();
    await page.getByText('This code is not right').waitFor();
    await page.getByLabel('Recovery code').fill(codes[1]);
    await page.getByRole('button', { name: 'Confirm' }).click();
    await home();
    await page.goto(security);
    await page.getByText('8 codes left').waitFor();
  }, page);

  const finger = await fingerprintReader(context, page);
  await must('add a passkey', async () => {
    await page.getByRole('button', { name: 'Add a passkey' }).click();
    await dialog.getByLabel('Name').fill('My laptop');
    await prove();
    await page.getByText('My laptop').waitFor();
    await dialog.waitFor({ state: 'detached' });
  }, page);

  await step('the same device is not asked to hold two', async () => {
    await page.getByRole('button', { name: 'Add a passkey' }).click();
    await prove();
    await dialog.getByText('This device already has a passkey').waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
  }, page);

  await step('sign in with nothing but the passkey', async () => {
    await signOut(page);
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
    await home();
  }, page);

  await step('the passkey after the password', async () => {
    await signOut(page);
    await signIn(page, who);
    await page.getByRole('button', { name: 'Use a passkey' }).click();
    await page.getByRole('button', { name: 'Use a passkey' }).click();
    await home();
  }, page);

  await step('a finger that is not theirs is told so, and other ways stay open', async () => {
    await signOut(page);
    await finger.says(false);
    await page.getByLabel('Email').fill(who.email);
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
    await page.getByText('The passkey was not used').waitFor();
    assert.equal(await page.getByLabel('Email').inputValue(), who.email);
    await finger.says(true);
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
    await home();
  }, page);

  await step('an ended session asks for the second factor as well', async () => {
    await page.goto(`${BASE}/settings/services?new=true`);
    await page.getByLabel('Name in English', { exact: true }).fill('Night guard');
    await page.getByLabel('Price', { exact: true }).fill('600');
    await context.clearCookies();
    await page.getByRole('button', { name: 'Add service' }).click();
    const again = page.getByRole('dialog', { name: 'Please sign in again' });
    await again.getByLabel('Password', { exact: true }).fill(who.password);
    await again.getByRole('button', { name: 'Sign in', exact: true }).click();
    await again.getByLabel('6-digit code').waitFor();
    assert.deepEqual((await axe(page)).grave, []);
    await again.getByLabel('6-digit code').fill(await next());
    await page.locator('tbody tr').filter({ hasText: 'Night guard' }).getByText('600.00').waitFor();
  }, page);

  await step('without them the password is enough again', async () => {
    await page.goto(security);
    await page.getByRole('button', { name: 'Remove the app' }).click();
    await prove();
    await page.getByRole('button', { name: 'Set up the app' }).waitFor();
    await page.getByRole('button', { name: 'Remove the passkey My laptop' }).click();
    await prove();
    await page.getByText('My laptop', { exact: true }).waitFor({ state: 'detached' });
    await signOut(page);
    await signIn(page, who);
    await home();
  }, page);

  await context.close();
}
