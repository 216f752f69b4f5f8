import type { Day } from '#kernel';
import type { RuleSet } from './rule-set.ts';

/** A stage with the names that the office uses. */
export interface StageName {
  readonly programme: string;
  readonly stage: string;
  readonly programmeName: string;
  readonly stageName: string;
  /** A類 or B類 disease. */
  readonly category: 'A' | 'B';
}

/** Every stage of every programme in the order of the contract, with its Japanese names. */
export function listStages(rules: RuleSet): readonly StageName[] {
  return rules.programmes.flatMap(({ programme, name, category, stages }) =>
    stages.map((each) => ({ programme, stage: each.stage, programmeName: name, stageName: each.name, category })),
  );
}

/** Every product of the rules with its Japanese name, in the order of `products.csv`. */
export function listProductNames(rules: RuleSet): readonly { readonly product: string; readonly name: string }[] {
  return [...rules.products.values()].map(({ product, name }) => ({ product, name }));
}

/** The products that a programme uses as its own on a day, in the order of `products.csv`. */
export function listProductsInUse(rules: RuleSet, programme: string, on: Day): readonly string[] {
  return [...rules.products.values()]
    .filter(({ uses }) =>
      uses.some(
        ({ programme: each, isOwn, inUse }) =>
          isOwn && each.programme === programme && inUse.from <= on && on <= inUse.to,
      ),
    )
    .map(({ product }) => product);
}

/** The Japanese name of a product; undefined when no row names it. */
export function findProductName(rules: RuleSet, product: string): string | undefined {
  return rules.products.get(product)?.name;
}

/** The Japanese name of a programme; its id when no row names it. */
export function nameOfProgramme(rules: RuleSet, programme: string): string {
  return rules.programmes.find((each) => each.programme === programme)?.name ?? programme;
}

/** The Japanese name of a stage (期); its id when no row names it. */
export function nameOfStage(rules: RuleSet, programme: string, stage: string): string {
  const found = rules.programmes.find((each) => each.programme === programme);
  return found?.stages.find((each) => each.stage === stage)?.name ?? stage;
}
