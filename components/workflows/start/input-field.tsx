import { Field, Input, Textarea } from "@/components/ui/form/field";
import { Select } from "@/components/ui/form/select";
import { describeParsing, findProblem, type InputField } from "./input-form";

/** The field of one workflow input, with a control that suits its default. */
export function WorkflowInputField({
  field,
  text,
  touched,
  autoFocus,
  onChange,
}: {
  field: InputField;
  text: string;
  /** Whether to report a missing value. */
  touched: boolean;
  autoFocus: boolean;
  onChange: (text: string) => void;
}) {
  const { name, kind, isRequired, initial } = field;
  const problem = touched || text !== "" ? findProblem(field, text) : null;
  const label = (
    <span className="mono break-all">
      {name}
      {isRequired && (
        <span className="font-sans text-failed" data-tip="Required">
          {" "}
          *<span className="sr-only">required</span>
        </span>
      )}
    </span>
  );
  const hint = kind === "any" ? describeParsing(text) : text === initial ? "Default" : undefined;
  return (
    <Field label={label} error={problem} hint={hint}>
      {(ids) => {
        const common = {
          ...ids,
          ...(autoFocus && { "data-autofocus": true }),
          required: isRequired,
          value: text,
          spellCheck: false,
          autoComplete: "off",
          className: "mono",
        };
        if (kind === "switch")
          return (
            <Select
              {...ids}
              className="w-full *:h-11 wide:*:h-8"
              options={["true", "false"].map((value) => ({ value, label: value }))}
              value={text}
              onChange={({ target }) => onChange(target.value)}
            />
          );
        if (kind === "number")
          return (
            <Input
              {...common}
              inputMode="decimal"
              onChange={({ target }) => onChange(target.value)}
            />
          );
        // A single-line input would remove line breaks from a value.
        const least = kind === "json" ? 2 : 1;
        return (
          <Textarea
            {...common}
            rows={Math.min(8, Math.max(least, text.split("\n").length))}
            className="mono leading-[18px]"
            onChange={({ target }) => onChange(target.value)}
          />
        );
      }}
    </Field>
  );
}
