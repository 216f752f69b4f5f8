import type { Finding } from '#kernel';
import { type FontSet, writePdf } from '#platform/pdf';
import type { FormIssue } from './draw-form.ts';
import { findingsOfIssues } from './explain-issues.ts';
import { layOutPages } from './lay-out-pages.ts';
import type { FormLayout, FormValues } from './layout-types.ts';

/** A paper drawn for another room, with what could not be printed as it stands. */
export interface DrawnDocument {
  readonly pdf: Buffer;
  readonly pages: number;
  readonly findings: readonly Finding[];
}

/** Draws a layout with given values as one file; the same values give the same bytes. */
export async function drawDocument(
  layout: FormLayout,
  fonts: FontSet,
  content: {
    readonly title: string;
    readonly author: string;
    readonly createdAt: Date;
    readonly values: readonly FormValues[];
  },
): Promise<DrawnDocument> {
  const laidOut = [...layOutPages(layout, content.values)];
  const options = { ...content, paper: layout.paper, fonts };
  const pdf = Buffer.concat(
    await Array.fromAsync(
      writePdf(
        options,
        laidOut.map((page) => page.content),
      ),
    ),
  );
  const issues = laidOut.flatMap((page): FormIssue[] => page.issues);
  return { pdf, pages: laidOut.length, findings: findingsOfIssues(issues) };
}
