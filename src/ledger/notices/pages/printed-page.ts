import { button, buttonLink, type Html, html, pageHead, panel, postForm, textField } from '#platform/pages';
import type { PrintFile, PrintJob } from '../types.ts';
import { pagePicturePath, printedPagePath, printFilePath, reprintPath } from './paths.ts';

/** One page of a printed file as a picture, with the way to the next and a range to print again. */
export function printedSheetPage(view: { job: PrintJob; file: PrintFile; page: number; csrfToken: string }): Html {
  const { job, file, page } = view;
  const at = (n: number) => printedPagePath(job.printJobId, file.part, n);
  const around = html`<div class="button-row">${page > 1 && buttonLink('前のページ', at(page - 1), { icon: 'arrowLeft' })}${page < file.pages && buttonLink('次のページ', at(page + 1), { icon: 'arrowRight' })}</div>`;
  const again = postForm(
    { action: reprintPath(job.printJobId, file.part), csrfToken: view.csrfToken, class: 'row' },
    html`${textField({ name: 'from', label: '最初のページ', value: String(page), width: 5, size: 'small', inputMode: 'numeric', isRequired: true })}${textField({ name: 'to', label: '最後のページ', value: String(page), width: 5, size: 'small', inputMode: 'numeric', isRequired: true })}${button('同じものをもう一度印刷する', { icon: 'print' })}`,
  );
  return html`${pageHead(`${page} / ${file.pages} ページ`, {
    lead: html`${job.label}　${job.layoutTitle}`,
    actions: buttonLink('ファイルを開く', printFilePath(job.printJobId, file.part), { icon: 'file' }),
  })}${around}<div class="columns columns-sheet"
    ><div class="sheet-picture"><img src="${pagePicturePath(job.printJobId, file.part, page)}" alt="${`${page}ページ目の紙`}"></div
    >${panel({ title: '刷り直し', icon: 'print' }, html`<p class="small soft">紙詰まりや汚れのときに、同じ番号の同じ紙を印刷します。なくした人への再発行は、その人の画面から行います。</p>${again}`)}</div
  >${around}`;
}
