import type { TextFault } from '#formats';
import { UnreadableInput } from '#kernel';
import type { Layout } from './types.ts';

/** The sentence for staff about a file that cannot be read on: file, line, column, and what to do. */
export function explainTextFault(fault: TextFault, fileName: string, columnNames: readonly string[]): UnreadableInput {
  const name = fault.column === null ? undefined : columnNames[fault.column - 1];
  const column = name === undefined ? (fault.column === null ? '' : `・${fault.column}列目`) : `・列「${name}」`;
  const character = fault.character === null ? '' : `(${fault.character}文字目)`;
  const place = `${fileName} の ${fault.line}行目${column}${character}`;
  switch (fault.kind) {
    case 'nulByte':
      return new UnreadableInput(`${place}に NUL 文字(空のデータ)があります。送付元に作り直しを依頼してください。`);
    case 'undecodableByte':
      return new UnreadableInput(
        `${place}に読めない文字があります。文字コード(UTF-8 か CP932)を確かめ、送付元に作り直しを依頼してください。`,
      );
    case 'lineTooLong':
      return new UnreadableInput(
        `${place}が長すぎます(1行は 1 MiB まで)。改行が失われていないか、ファイルの種類が正しいかを確かめてください。`,
      );
    case 'unclosedQuote':
      return new UnreadableInput(`${place}で始まる引用符「"」が閉じていません。送付元に作り直しを依頼してください。`);
    case 'textAfterQuote':
      return new UnreadableInput(
        `${place}で、閉じた引用符「"」の後に余分な文字があります。送付元に作り直しを依頼してください。`,
      );
    case 'truncated':
      return new UnreadableInput(
        `${place}でファイルが途切れています。送信が最後まで終わっているかを確かめ、もう一度受け取ってください。`,
      );
    default:
      return new UnreadableInput(`${place}が読めません。送付元に作り直しを依頼してください。`);
  }
}

/** The sentence about a header that does not fit the layout, with every column that is missing or unknown. */
export function explainHeader(
  header: readonly string[],
  layout: Layout,
  fileName: string,
): UnreadableInput | undefined {
  const place = `${fileName} の 1行目`;
  const advice = `レイアウト「${layout.title}」(${layout.name})に合うファイルか、列の名前が変わっていないかを確かめてください。`;
  const missing = layout.columns.filter(({ name, mayBeAbsent }) => !mayBeAbsent && !header.includes(name));
  const named = missing.map(({ name }) => `「${name}」`).join('');
  // Without any of the names the line is data, which is not to be repeated in a sentence that is kept.
  if (!header.some((name) => layout.columns.some((column) => column.name === name))) {
    return new UnreadableInput(`${place}に列の名前がありません。列${named}が要ります。${advice}`);
  }
  const double = header.findIndex((name, i) => header.indexOf(name) !== i);
  if (double !== -1) {
    return new UnreadableInput(`${place}・${double + 1}列目: 列「${header[double] ?? ''}」が2回あります。${advice}`);
  }
  const unknown = header
    .map((name, i) => ({ name, place: `${i + 1}列目` }))
    .filter(({ name }) => !layout.columns.some((column) => column.name === name));
  if (missing.length > 0) {
    const others = unknown.map((column) => `${column.place}「${column.name}」`).join('、');
    const instead = others === '' ? '' : `${others}はこのレイアウトにない列です。`;
    return new UnreadableInput(`${place}に列${named}がありません。${instead}${advice}`);
  }
  if (unknown.length === 0) return undefined;
  const columns = unknown.map((column) => `${column.place}: 列「${column.name}」`).join('、');
  return new UnreadableInput(`${place}・${columns}はこのレイアウトにありません。${advice}`);
}
