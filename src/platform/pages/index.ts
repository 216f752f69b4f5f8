export {
  type ButtonLook,
  type ButtonOptions,
  type ButtonStyle,
  button,
  buttonLink,
  buttonRow,
  noButtonByEnter,
  unavailableButton,
} from './button.ts';
export {
  dayText,
  dayValue,
  eraYear,
  formatAge,
  formatCount,
  formatDay,
  formatDistance,
  formatInstant,
  formatWesternDay,
  instantText,
} from './day-text.ts';
export {
  type Choice,
  checkbox,
  checkboxGroup,
  dayField,
  dayHelp,
  errorOf,
  errorSummary,
  type FieldOptions,
  type FormError,
  fileField,
  filterForm,
  hiddenField,
  postForm,
  radioGroup,
  selectField,
  type TextFieldOptions,
  textArea,
  textField,
} from './form.ts';
export {
  type AttributeValue,
  attributes,
  classNames,
  Html,
  type HtmlValue,
  html,
  trustedHtml,
} from './html.ts';
export { type IconName, icon } from './icon.ts';
export {
  type Crumb,
  disclosure,
  type PaginationOptions,
  type Tab,
} from './navigation.ts';
export { emptyState, type NoticeKind, notice } from './notice.ts';
export {
  type NavigationGroup,
  type NavigationItem,
  type PageAssets,
  type PageShell,
  pageShell,
  type SignedIn,
} from './page-shell.ts';
export { dataList, type Figure, figureRow, type PanelOptions, pageHead, panel } from './panel.ts';
export { meterBar, type ProgressOptions, percentText, progress } from './progress.ts';
export { countBadge, statusTag, type TagWords, type Tone, tagOf } from './status-tag.ts';
export { type Column, type TableOptions, table } from './table.ts';
