//! placeholder
pub fn fold(text: &str) -> String {
    text.to_lowercase()
}
pub fn words(name: &str) -> Vec<String> {
    fold(name).split_whitespace().map(str::to_owned).collect()
}
pub fn sound(word: &str) -> String {
    word.to_owned()
}
pub fn near(_: &str) -> Vec<String> {
    vec![]
}
