/**
 * Whether a key press belongs to an input method that is composing text: its Enter and Escape end the composition and
 * must not trigger anything. Safari reports the Enter that ends a composition only by key code 229.
 */
export function isComposing(event: KeyboardEvent | { nativeEvent: KeyboardEvent }): boolean {
  const { isComposing, keyCode } = "nativeEvent" in event ? event.nativeEvent : event;
  return isComposing || keyCode === 229;
}
