/** The picture of a widget as it is handed to the notebook that shows it. A shape only; both hosts read it. */

/** Asked of the page; a plugin of the labextension that writes it into the notebook says so by cancelling. */
export interface Still {
  readonly type: "still";
  /** Id of the widget, as the output names it. */
  readonly model: string;
  readonly data: Readonly<Record<string, string>>;
  readonly metadata: Readonly<Record<string, unknown>>;
}
