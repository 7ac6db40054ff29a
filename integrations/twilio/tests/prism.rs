//! Every request that the client sends, against the published description of the API as `prism` serves it, which refuses
//! what does not fit. It answers with the description's own examples.

use peers::Prism;
use platform::egress::{self, Egress};
use platform::phi::Phi;
use twilio::{
    CallStatus, Client, Connection, Failure, Keys, NewCall, NewMessage, Sender, Status, Stream, Tracks, Twiml,
    Undelivered,
};

const ACCOUNT: &str = "ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

fn client(url: &str) -> Client {
    let base = egress::address("test", url).expect("an address");
    let egress = Egress::to([&base]).expect("a client");
    Client::new(Connection { egress, base, account: ACCOUNT.to_owned(), token: Phi::new("token".to_owned()) })
}

fn message(from: Sender) -> NewMessage {
    NewMessage {
        to: Phi::new("+14155552345".to_owned()),
        from,
        body: Phi::new("موعدك غدًا & at 9:00 + 10 %".to_owned()),
        status_callback: None,
        validity: None,
    }
}

/// One test, as the description takes a while to be read.
#[tokio::test]
async fn every_request_fits_the_description_and_every_example_is_understood() {
    let Some(prism) = Prism::serve("twilio/api_v2010.openapi.json").await else { return };
    let twilio = client(&prism.url);

    let account = twilio.account().await.expect("the account");
    assert_eq!((account.sid.as_str(), account.status.as_str()), (ACCOUNT, "active"));

    let full = NewMessage {
        status_callback: Some("https://clinic.example/hooks/twilio?x=1".parse().expect("an address")),
        validity: Some(3600),
        ..message(Sender::Service("MGaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa".to_owned()))
    };
    for new in [message(Sender::Number("+15005550006".to_owned())), full] {
        let sent = twilio.send_message(&new).await.expect("taken");
        assert_eq!((sent.sid.as_str(), &sent.status), ("SMaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", &Status::Queued));
        assert_eq!(sent.date_created.map(|at| at.to_string()).as_deref(), Some("2023-08-24T05:01:45Z"));
        assert!(!sent.may_be(&new), "the example says something else");
    }

    let sid = "SMb7c0a2ce80504485a6f653a7110836f5";
    let fetched = twilio.fetch_message(sid).await.expect("the message");
    assert_eq!((fetched.sid.as_str(), fetched.status, fetched.error_code), (sid, Status::Sent, Some(30007)));
    assert_eq!(fetched.error_code.map(Undelivered::of), Some(Undelivered::Filtered));

    // the example of a page says that there is another one, and another one
    let (to, since) = (Phi::new("+123456789".to_owned()), "2019-01-01T00:00:00Z".parse().expect("an instant"));
    let all = twilio.sent_to(&to, since).await.map(|_| ());
    assert_eq!(all, Err(Failure::Unknown), "nobody turns pages for ever");

    calls_fit(&twilio).await;
    refuses_what_does_not_fit(&prism.url).await;
}

/// Without the steps that are told: `prism` reads no lists in forms, as Twilio wants them
/// (<https://www.twilio.com/docs/voice/api/call-resource>).
async fn calls_fit(twilio: &Client) {
    let ear = Stream::to("wss://bot.example/ear".parse().expect("an address"));
    let new = NewCall {
        to: Phi::new("+14155552345".to_owned()),
        from: "+15005550006".to_owned(),
        twiml: Twiml::new().start_stream(&ear, Tracks::Both).pause(60),
        keys: Keys::new("W12#"),
        status_callback: None,
        rings: 30,
        longest: Some(3600),
    };
    let bare = NewCall { keys: None, longest: None, ..new.clone() };
    let sid = "CAaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    for new in [&new, &bare] {
        let made = twilio.create_call(new).await.expect("taken");
        assert_eq!((made.sid.as_str(), &made.status, made.duration), (sid, &CallStatus::Completed, Some(15)));
        assert!(!made.may_be(new), "the example is another one");
    }
    let fetched = twilio.fetch_call(sid).await.expect("a call");
    assert_eq!(fetched.end_time.map(|at| at.to_string()).as_deref(), Some("2019-10-18T17:03:00Z"));
    let press = Twiml::new().press(&Keys::new("2").expect("a key"));
    assert_eq!(twilio.redirect_call(sid, &press).await.expect("a call").sid, sid);
    assert_eq!(twilio.end_call(sid).await.expect("a call").sid, sid);
    let since = "2019-01-01T00:00:00Z".parse().expect("an instant");
    // the first page is there; the address of the next one, in the example, does not fit the description
    assert!(matches!(twilio.calls_to(&new.to, since).await, Err(Failure::Refused(refusal)) if refusal.status == 422));
}

/// Or the test above would say nothing.
async fn refuses_what_does_not_fit(url: &str) {
    let http = reqwest::Client::builder().build().expect("a client");
    let send = async |account: &str, body: &'static str, user: Option<&str>| {
        let request = http.post(format!("{url}/2010-04-01/Accounts/{account}/Messages.json"));
        let request = request.header("content-type", "application/x-www-form-urlencoded").body(body);
        let request = match user {
            Some(user) => request.basic_auth(user, Some("token")),
            None => request,
        };
        request.send().await.expect("an answer").status().as_u16()
    };
    assert_eq!(send(ACCOUNT, "To=%2B14155552345&From=%2B15005550006&Body=x", Some(ACCOUNT)).await, 201);
    assert_eq!(send(ACCOUNT, "To=%2B14155552345&Body=x", None).await, 401, "nobody in particular");
    for (account, wrong) in [
        (ACCOUNT, "From=%2B15005550006&Body=x"),
        (ACCOUNT, "To=%2B14155552345&MessagingServiceSid=SM1&Body=x"),
        (ACCOUNT, "To=%2B14155552345&Body=x&ValidityPeriod=soon"),
        ("AC1", "To=%2B14155552345&Body=x"),
    ] {
        let status = send(account, wrong, Some(ACCOUNT)).await;
        assert!((400..500).contains(&status), "{status} {wrong}");
    }
}
