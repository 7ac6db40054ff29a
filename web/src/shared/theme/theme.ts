import { type CSSVariablesResolver, createTheme, type MantineColorsTuple, rem } from '@mantine/core';

/** Teal, tuned so that shade 7 on white and shade 3 on dark-7 both reach 4.5:1. */
const brand: MantineColorsTuple = ['#e8f7f5', '#d0ece9', '#a3dad4', '#71c6be', '#49b4ab', '#2ca59b', '#159087', '#0b7a75', '#06625e', '#024b48'];
/** The library uses fixed positions: 4 for borders, 6 for dimmed text. */
const slate: MantineColorsTuple = ['#f7f9fa', '#eff2f5', '#e5e9ed', '#dbe1e6', '#cbd3da', '#a3aeb8', '#6d7a86', '#46525d', '#2e3841', '#182027'];
const dark: MantineColorsTuple = ['#dfe5ea', '#b7c1c9', '#9aa7b2', '#647380', '#3c4853', '#2c3741', '#202a32', '#182027', '#11181e', '#0b1014'];

/** As the library's, with a shade 7 that white text is readable on. */
const red: MantineColorsTuple = ['#fff5f5', '#ffe3e3', '#ffc9c9', '#ffa8a8', '#ff8787', '#ff6b6b', '#fa5252', '#d62f2f', '#c92a2a', '#b02525'];

export const theme = createTheme({
  primaryColor: 'brand',
  primaryShade: { light: 7, dark: 7 },
  colors: { brand, gray: slate, dark, red },
  autoContrast: true,
  luminanceThreshold: 0.36,
  defaultRadius: 'md',
  fontFamily: "'Inter Variable','IBM Plex Sans Arabic',system-ui,sans-serif",
  headings: { fontWeight: '600', sizes: { h1: { fontSize: rem(24), lineHeight: '1.3' }, h2: { fontSize: rem(18), lineHeight: '1.35' }, h3: { fontSize: rem(15), lineHeight: '1.4' } } },
  fontSizes: { xs: rem(12), sm: rem(13), md: rem(14), lg: rem(16), xl: rem(20) },
  components: {
    Button: { defaultProps: { size: 'sm' } },
    TextInput: { defaultProps: { size: 'sm' } },
    // a list that drops down by itself covers the form that one wants to look at first
    Select: { defaultProps: { size: 'sm', checkIconPosition: 'right', openOnFocus: false } },
    MultiSelect: { defaultProps: { size: 'sm', checkIconPosition: 'right', openOnFocus: false } },
    Autocomplete: { defaultProps: { size: 'sm', openOnFocus: false } },
    Paper: { defaultProps: { withBorder: true } },
    // their <header> would count as a second banner of the page
    Drawer: { defaultProps: { attributes: { header: { role: 'presentation' } } } },
    Modal: { defaultProps: { attributes: { header: { role: 'presentation' } } }, styles: { title: { fontWeight: 600, fontSize: rem(16) } } },
    // a focusable placeholder is not allowed among the items of a menu
    Menu: { defaultProps: { withInitialFocusPlaceholder: false } },
    Avatar: { defaultProps: { color: 'gray' } },
  },
});

/** Overrides of the library's own tokens; a plain stylesheet would lose to its injected variables. */
export const cssVariablesResolver: CSSVariablesResolver = () => ({
  variables: {},
  light: { '--mantine-color-error': '#c92a2a', '--mantine-color-placeholder': '#66737f' },
  dark: { '--mantine-color-error': '#ff8787', '--mantine-color-placeholder': '#94a1ac', '--mantine-color-body': '#182027' },
});
