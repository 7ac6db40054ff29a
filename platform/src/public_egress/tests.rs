use std::sync::LazyLock;

use proptest::prelude::*;
use tokio::net::TcpListener;

use super::*;

/// What is not public, as the registries write it (IANA IPv4 and IPv6 Special-Purpose Address Registries; RFC 5771 and RFC
/// 4291 for multicast): an oracle apart from the patterns above.
const NOT_PUBLIC_V4: [&str; 17] = [
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.88.99.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/4",
    "240.0.0.0/4",
    "255.255.255.255/32",
    "169.254.169.254/32",
];
const NOT_PUBLIC_V6: [&str; 16] = [
    "::/128",
    "::1/128",
    "::ffff:0:0/96",
    "::/96",
    "64:ff9b::/96",
    "64:ff9b:1::/48",
    "100::/64",
    "2001::/23",
    "2001::/32",
    "2001:db8::/32",
    "2002::/16",
    "3fff::/20",
    "5f00::/16",
    "fc00::/7",
    "fe80::/10",
    "ff00::/8",
];

fn net(text: &str) -> (IpAddr, u32) {
    let (ip, bits) = text.split_once('/').expect("a network");
    (ip.parse().expect("an address"), bits.parse().expect("bits"))
}

fn within_v4(ip: Ipv4Addr) -> bool {
    NOT_PUBLIC_V4.iter().any(|text| match net(text) {
        (IpAddr::V4(base), bits) => {
            u32::from(ip).checked_shr(32 - bits).unwrap_or(0) == u32::from(base).checked_shr(32 - bits).unwrap_or(0)
        }
        _ => false,
    })
}

fn within_v6(ip: Ipv6Addr) -> bool {
    NOT_PUBLIC_V6.iter().any(|text| match net(text) {
        (IpAddr::V6(base), bits) => u128::from(ip) >> (128 - bits) == u128::from(base) >> (128 - bits),
        _ => false,
    })
}

/// An address within a network: its bits, and any others behind them.
fn v4_within(text: &str, others: u32) -> Ipv4Addr {
    let (IpAddr::V4(base), bits) = net(text) else { panic!("{text}") };
    Ipv4Addr::from(u32::from(base) | others & u32::MAX.checked_shr(bits).unwrap_or(0))
}

fn v6_within(text: &str, others: u128) -> Ipv6Addr {
    let (IpAddr::V6(base), bits) = net(text) else { panic!("{text}") };
    Ipv6Addr::from(u128::from(base) | others & u128::MAX.checked_shr(bits).unwrap_or(0))
}

/// One address in one of the ways in which programs let it be written.
fn spelled(ip: Ipv4Addr, how: usize) -> String {
    let ([a, b, c, d], whole) = (ip.octets(), u32::from(ip));
    let low = whole & 0x00ff_ffff;
    match how {
        0 => ip.to_string(),
        1 => whole.to_string(),
        2 => format!("0x{whole:x}"),
        3 => format!("0X{whole:08X}"),
        4 => format!("0{whole:o}"),
        5 => format!("0{a:o}.0{b:o}.0{c:o}.0{d:o}"),
        6 => format!("0x{a:x}.0x{b:x}.0x{c:x}.0x{d:x}"),
        7 => format!("0x{a:02x}.{b}.0{c:o}.{d}"),
        8 => format!("{a}.{low}"),
        9 => format!("{a}.{b}.{}", whole & 0xffff),
        10 => format!("{ip}."),
        11 => format!("{whole}."),
        12 => format!("000{a:o}.{b}.{c}.{d}"),
        13 => ip.to_string().chars().map(|c| format!("%{:02x}", u32::from(c))).collect(),
        14 => ip
            .to_string()
            .chars()
            .map(|c| c.to_digit(10).map_or('。', |n| char::from_u32(0xff10 + n).expect("a digit")))
            .collect(),
        15 => ip.to_string().replace('.', "．"),
        16 => format!("[::ffff:{ip}]"),
        17 => format!("[::ffff:{:x}:{:x}]", whole >> 16, whole & 0xffff),
        18 => format!("[::{ip}]"),
        19 => format!("[64:ff9b::{ip}]"),
        20 => format!("[64:ff9b:1::{ip}]"),
        21 => format!("[2002:{:x}:{:x}::1]", whole >> 16, whole & 0xffff),
        22 => format!("[2001:0:{:x}:{:x}:0:1:{:x}:{:x}]", whole >> 16, whole & 0xffff, !whole >> 16, !whole & 0xffff),
        _ => format!("[0:0:0:0:0:FFFF:{ip}]"),
    }
}
const SPELLINGS: usize = 24;
/// Up to here a spelling is of the address itself; behind, of one that wraps it.
const WRAPPED: usize = 16;

fn anywhere() -> PublicEgress {
    // certificates are read once, which takes a while
    static EGRESS: LazyLock<PublicEgress> = LazyLock::new(|| PublicEgress::new([]).expect("a client"));
    EGRESS.clone()
}

proptest! {
    #[test]
    fn no_spelling_of_an_address_within_is_called(
        network in 0..NOT_PUBLIC_V4.len(), others: u32, how in 0..SPELLINGS, port in prop_oneof![Just(""), Just(":8443")],
    ) {
        let host = spelled(v4_within(NOT_PUBLIC_V4[network], others), how);
        prop_assert_eq!(anywhere().read(&format!("https://{host}{port}/hooks")).expect_err("refused"), Refusal::NotPublic, "{}", host);
    }

    #[test]
    fn public_addresses_are_called_in_every_spelling_that_does_not_wrap_them(whole: u32, how in 0..SPELLINGS) {
        let ip = Ipv4Addr::from(whole);
        prop_assume!(!within_v4(ip));
        prop_assert_eq!(anywhere().read(&format!("https://{}/", spelled(ip, how))).is_ok(), how < WRAPPED, "{} {}", ip, how);
    }

    #[test]
    fn addresses_are_public_as_the_registries_say(v4: u32, v6: u128, network in 0..NOT_PUBLIC_V6.len()) {
        let ip = Ipv4Addr::from(v4);
        prop_assert_eq!(is_public(ip.into()), !within_v4(ip), "{}", ip);
        // of IPv6 most is not given out at all, so what is tried is what is
        let given = Ipv6Addr::from(v6 >> 3 | 1 << 125);
        prop_assert_eq!(is_public(given.into()), !within_v6(given), "{}", given);
        let special = v6_within(NOT_PUBLIC_V6[network], v6);
        prop_assert!(!is_public(special.into()), "{}", special);
        let text = format!("https://[{special}]/");
        prop_assert_eq!(anywhere().read(&text).expect_err("refused"), Refusal::NotPublic);
    }

    #[test]
    fn whatever_is_entered_is_read_or_refused_in_words(text in "\\PC{0,60}") {
        if let Ok(url) = anywhere().read(&text) {
            prop_assert_eq!(url.scheme(), "https");
            prop_assert!(url.host_str().is_some_and(|host| host.contains(['.', ':'])));
        }
    }
}

#[test]
fn the_ends_of_each_network_are_where_the_registry_has_them() {
    for text in NOT_PUBLIC_V4 {
        let (first, last) = (v4_within(text, 0), v4_within(text, u32::MAX));
        for ip in [first, last] {
            assert!(!is_public(ip.into()), "{ip}");
        }
        for beyond in [u32::from(first).checked_sub(1), u32::from(last).checked_add(1)].into_iter().flatten() {
            let ip = Ipv4Addr::from(beyond);
            assert_eq!(is_public(ip.into()), !within_v4(ip), "{ip}");
        }
    }
    for public in ["8.8.8.8", "1.1.1.1", "2606:4700:4700::1111", "2a00:1450:4001:830::200e", "2001:4860:4860::8888"] {
        assert!(is_public(public.parse().expect("an address")), "{public}");
    }
}

#[test]
fn what_is_no_plain_https_address_is_refused_for_its_reason() {
    let refused = [
        ("", Refusal::NotAnAddress),
        ("hooks.example.com", Refusal::NotAnAddress),
        ("https://", Refusal::NotAnAddress),
        ("https://1.2.3.999/", Refusal::NotAnAddress),
        ("https://[::1%25eth0]/", Refusal::NotAnAddress),
        ("http://example.com/", Refusal::NotSecure),
        ("ftp://example.com/", Refusal::NotSecure),
        ("file:///etc/passwd", Refusal::NotSecure),
        ("https://user@example.com/", Refusal::Decorated),
        ("https://user:pw@example.com/", Refusal::Decorated),
        ("https://example.com@127.0.0.1/", Refusal::Decorated),
        ("https://example.com/#part", Refusal::Decorated),
        ("https://example.com:22/", Refusal::Port),
        ("https://example.com:5432/", Refusal::Port),
        ("https://intranet/", Refusal::NotPublic),
        ("https://localhost/", Refusal::NotPublic),
        ("https://LOCALHOST./", Refusal::NotPublic),
        ("https://a.b.localhost/", Refusal::NotPublic),
        ("https://printer.local./", Refusal::NotPublic),
        ("https://metadata.google.internal/", Refusal::NotPublic),
        ("https://①②⑦.0.0.1/", Refusal::NotPublic),
    ];
    for (text, why) in refused {
        assert_eq!(anywhere().read(text).map(|url| url.to_string()), Err(why), "{text}");
    }
    assert_eq!(anywhere().read(&format!("https://example.com/{}", "a".repeat(LONGEST))), Err(Refusal::NotAnAddress));
    for text in
        ["https://example.com", "https://example.com:8443/a?b=c", "https://example.com./", "https://xlocal.example/"]
    {
        assert!(anywhere().read(text).is_ok(), "{text}");
    }
}

#[test]
fn what_the_settings_permit_is_called_and_nothing_beside_it() {
    let within = Url::parse("http://127.0.0.1:9000").expect("an address");
    let egress = PublicEgress::new([&within]).expect("a client");
    assert!(egress.read("http://127.0.0.1:9000/hooks").is_ok());
    assert!(egress.read("http://2130706433:9000/hooks").is_ok(), "the same origin");
    assert_eq!(egress.read("http://127.0.0.1:9001/hooks"), Err(Refusal::NotSecure));
    assert_eq!(egress.read("https://127.0.0.1:9000/hooks"), Err(Refusal::NotPublic));
    assert_eq!(egress.read("http://u@127.0.0.1:9000/"), Err(Refusal::Decorated));
}

/// Answers the first of these lists at the first question, and so on; the last one again and again.
fn answering(answers: Vec<Vec<&'static str>>) -> Lookup {
    let asked = std::sync::atomic::AtomicUsize::new(0);
    Arc::new(move |_| {
        let at = asked.fetch_add(1, std::sync::atomic::Ordering::SeqCst).min(answers.len() - 1);
        let found = answers[at].iter().map(|ip| SocketAddr::new(ip.parse().expect("an address"), 0)).collect();
        Box::pin(async move { Ok(found) })
    })
}

async fn handed_on(resolver: &PublicOnly) -> Option<Vec<String>> {
    let name: Name = "rebinding.example".parse().expect("a name");
    let found = resolver.resolve(name).await.ok()?;
    Some(found.map(|address| address.ip().to_string()).collect())
}

#[tokio::test]
async fn only_public_addresses_of_a_name_are_handed_on_however_often_its_answer_changes() {
    let resolver = PublicOnly(answering(vec![
        vec!["93.184.215.14", "127.0.0.1", "::ffff:10.0.0.1", "2606:4700::1"],
        vec!["169.254.169.254"],
        vec![],
        vec!["93.184.215.14"],
    ]));
    assert_eq!(handed_on(&resolver).await, Some(vec!["93.184.215.14".to_owned(), "2606:4700::1".to_owned()]));
    assert_eq!(handed_on(&resolver).await, None);
    assert_eq!(handed_on(&resolver).await, None);
    assert_eq!(handed_on(&resolver).await, Some(vec!["93.184.215.14".to_owned()]));
}

#[tokio::test]
async fn a_name_that_leads_within_is_not_dialled() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let egress = PublicEgress::resolving([], answering(vec![vec!["127.0.0.1"]])).expect("a client");
    let url = egress.read(&format!("https://rebinding.example:{port}/")).expect("a name that could be public");
    let error = egress.post(&url).expect("a request").send().await.expect_err("refused");
    assert_eq!(refusal_of(&error), Some(Refusal::NotPublic));
    let nobody = futures::FutureExt::now_or_never(listener.accept());
    assert!(nobody.is_none(), "somebody came");
}
