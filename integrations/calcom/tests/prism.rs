//! Every request that the client sends, against the published description of the API as `prism` serves it, which refuses
//! what does not fit. It answers with the description's own examples. Three of them do not fit their schemas (slots, event
//! types, the length of a reserved slot), so answers are not held against it.

use calcom::{
    Attendee, Booking, BookingQuery, BookingStatus, Client, Connection, Failure, NewBooking, Provider, Versions,
};
use jiff::Timestamp;
use peers::Prism;
use platform::egress::{self, Egress};
use platform::phi::Phi;

fn client(url: &str) -> Client {
    let base = egress::address("test", url).expect("an address");
    Client::new(Connection {
        egress: Egress::to([&base]).expect("a client"),
        base,
        key: Phi::new("cal_test_key".to_owned()),
        versions: Versions::default(),
    })
}

fn at(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

fn booking(email: Option<&str>, language: Option<&str>) -> NewBooking {
    NewBooking {
        event_type: 123,
        start: at("2050-01-05T09:00:00Z"),
        attendee: Attendee {
            name: Phi::new("Test Testson".to_owned()),
            email: email.map(|email| Phi::new(email.to_owned())),
            phone: Some(Phi::new("+966501234567".to_owned())),
            time_zone: "Asia/Riyadh".to_owned(),
            language: language.map(str::to_owned),
        },
        our_id: "0190f8a4-0000-7000-8000-000000000000".to_owned(),
    }
}

/// One test, as the description takes a while to be read.
#[tokio::test]
async fn every_request_fits_the_description_and_every_example_is_understood() {
    let Some(prism) = Prism::serve("calcom/openapi.json").await else { return };
    let calcom = client(&prism.url);
    let day = at("2050-09-05T00:00:00Z")..at("2050-09-07T00:00:00Z");

    calcom.me().await.expect("whose key it is");
    let types = calcom.event_types().await.expect("event types");
    assert_eq!((types[0].id, types[0].length_in_minutes), (1, 60));
    let slots = calcom.slots(100, day.clone()).await.expect("slots: the example, whatever the schema says");
    assert_eq!(slots.first(), Some(&at("2050-09-05T07:00:00Z")));
    let reserved = calcom.reserve(1, at("2050-09-05T09:00:00Z"), 10).await.expect("a reservation");
    assert_eq!(reserved.reservation_uid, "e84be5a3-4696-49e3-acc7-b2f3999c3b94");
    calcom.release(&reserved.reservation_uid).await.expect("given back");

    for new in [booking(Some("test@example.com"), Some("ar")), booking(None, None), booking(None, Some("ur"))] {
        is_the_example(&calcom.create(&new).await.expect("a booking"));
    }
    is_the_example(&calcom.get("booking_uid_123").await.expect("the booking"));
    is_the_example(&calcom.reschedule("booking_uid_123", at("2050-01-06T09:00:00Z")).await.expect("moved"));
    calcom.cancel("booking_uid_123").await.expect("cancelled, as the example is");
    // the example of a page says that there is another one, and another one
    let query = BookingQuery { event_type: 50, during: day };
    assert_eq!(calcom.list(&query).await.map(|_| ()), Err(Failure::Unknown), "nobody turns pages for ever");

    refuses_what_does_not_fit(&prism.url).await;
}

/// There is one example of a booking, whatever was asked for. It has the first state of the list, which is that it was
/// cancelled.
fn is_the_example(booking: &Booking) {
    assert_eq!((booking.uid.as_str(), booking.status), ("booking_uid_123", BookingStatus::Cancelled));
    assert_eq!((booking.start, booking.end), (at("2024-08-13T15:30:00Z"), at("2024-08-13T16:30:00Z")));
    assert_eq!(booking.rescheduled_from_uid.as_deref(), Some("previous_uid_123"));
    assert_eq!(booking.rescheduled_to_uid.as_deref(), Some("new_uid_456"));
    assert_eq!((booking.our_id(), booking.stands()), (None, false));
}

/// Or the test above would say nothing.
async fn refuses_what_does_not_fit(url: &str) {
    let http = reqwest::Client::builder().build().expect("a client");
    let send = async |path: &str, body: &str, version: Option<&str>| {
        let mut request = http.post(format!("{url}/v2/bookings{path}")).header("content-type", "application/json");
        if let Some(version) = version {
            request = request.header("cal-api-version", version);
        }
        request.bearer_auth("x").body(body.to_owned()).send().await.expect("an answer").status().as_u16()
    };
    let post = async |body: &str, version: Option<&str>| send("", body, version).await;
    let right = r#"{"start":"2050-01-05T09:00:00Z","eventTypeId":1,"attendee":{"name":"A","timeZone":"UTC"}}"#;
    assert_eq!(post(right, Some("2024-08-13")).await, 201);
    assert_eq!(post(right, None).await, 422, "a version is never left out");
    for wrong in [
        r#"{"eventTypeId":1,"attendee":{"name":"A","timeZone":"UTC"}}"#,
        r#"{"start":"2050-01-05T09:00:00Z","eventTypeId":"one","attendee":{"name":"A","timeZone":"UTC"}}"#,
        r#"{"start":"2050-01-05T09:00:00Z","eventTypeId":1,"attendee":{"name":"A"}}"#,
        r#"{"start":"2050-01-05T09:00:00Z","eventTypeId":1,"attendee":{"name":"A","timeZone":"UTC","language":"xx"}}"#,
    ] {
        assert_eq!(post(wrong, Some("2024-08-13")).await, 422, "{wrong}");
    }
    let cancel = async |body: &str| send("/booking_uid_123/cancel", body, Some("2024-08-13")).await;
    assert_eq!(
        (cancel(r#"{"cancellationReason":"x"}"#).await, cancel(r#"{"cancellationReason":1}"#).await),
        (200, 422)
    );
}
