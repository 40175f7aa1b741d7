"""The addresses of payments on a store's host."""

from django.urls import path

from payments.views import (
    billing,
    cancelling,
    checkout,
    documents,
    finding,
    fixing,
    gifts,
    instalments,
    money_back,
    orders,
    overlaps,
    parcels,
    plans,
    renewing,
    stopping,
    teams,
)

app_name = "payments"

urlpatterns = [
    path("buy/<slug:price_id>/", checkout.checkout, name="checkout"),
    path("orders/<slug:order_id>/", orders.receipt, name="order"),
    path("orders/<slug:order_id>/return/", orders.come_back, name="return"),
    path("orders/<slug:order_id>/business/", documents.business, name="document-business"),
    path(
        "orders/<slug:order_id>/documents/<slug:document_id>/",
        documents.download,
        name="document",
    ),
    path("orders/<slug:order_id>/address/", finding.mend, name="mend"),
    path("money-back/<slug:access_id>/<slug:key>/", money_back.money_back, name="money-back"),
    path("plan/<slug:subscription_id>/", plans.plan, name="plan"),
    path("plan/<slug:subscription_id>/to/<slug:price_id>/", plans.change_plan, name="plan-change"),
    path("plan/<slug:subscription_id>/keep/", plans.keep_plan, name="plan-keep"),
    path("stop/<slug:subscription_id>/<slug:key>/", plans.stop, name="stop"),
    path("twice/<slug:overlap_id>/<slug:key>/", overlaps.paid_twice, name="paid-twice"),
    path("cancel/", cancelling.cancel, name="cancel"),
    path("cancel/order/<slug:order_id>/", cancelling.cancel_order, name="cancel-order"),
    path(
        "cancel/subscription/<slug:subscription_id>/",
        stopping.cancel_subscription,
        name="cancel-subscription",
    ),
    path("cancel/mail/<slug:secret>/", cancelling.by_mail, name="cancel-mail"),
    path("cancel/<slug:notice_id>/", cancelling.notice, name="cancel-notice"),
    path("cancel/<slug:notice_id>/keep/", cancelling.keep, name="cancel-keep"),
    path("terms/cancelling/", cancelling.terms, name="cancel-terms"),
    path("billing/", billing.billing, name="billing"),
    *(
        path(f"billing/<slug:subscription_id>/{route}", view, name=f"subscription{name}")
        for route, view, name in (
            ("", billing.subscription, ""),
            ("leave/", billing.leave, "-leave"),
            ("leave/today/", billing.leave_today, "-leave-today"),
            ("leave/end/", billing.leave_end, "-leave-end"),
            ("stay/", billing.stay, "-stay"),
            ("rest/", billing.rest, "-rest"),
            ("return/", billing.come_back, "-return"),
            ("now/", billing.stands, "-now"),
            ("why/", billing.why, "-why"),
            ("card/", billing.card, "-card"),
            ("back/", billing.back, "-back"),
        )
    ),
    path(
        "billing/<slug:subscription_id>/all-of-it/",
        instalments.pay_rest,
        name="instalments-pay",
    ),
    path("find/", finding.find, name="find"),
    path("fix/<slug:key>/", fixing.fix, name="fix"),
    path("renew/<slug:key>/", renewing.renew_here, name="renew-here"),
    path("renew/<slug:key>/go/", renewing.renew, name="renew-here-go"),
    path("renew/<slug:key>/no/", renewing.no, name="renew-here-no"),
    path("orders/<slug:order_id>/one-more/", orders.one_more, name="one-more"),
    path(
        "orders/<slug:order_id>/parcels/<slug:parcel_id>/address/",
        parcels.address,
        name="parcel-address",
    ),
    path(
        "orders/<slug:order_id>/parcels/<slug:parcel_id>/missing/",
        parcels.missing,
        name="parcel-missing",
    ),
    path(
        "orders/<slug:order_id>/parcels/<slug:parcel_id>/arrived/",
        parcels.arrived,
        name="parcel-arrived",
    ),
    *(
        path(f"team/<slug:team_id>/{route}", view, name=f"team{name}")
        for route, view, name in (
            ("", teams.team, ""),
            ("invite/", teams.invite, "-invite"),
            ("mine/", teams.mine, "-mine"),
            ("seats/", teams.seats, "-seats"),
            ("places/<slug:place_id>/again/", teams.again, "-again"),
            ("places/<slug:place_id>/withdraw/", teams.withdraw, "-withdraw"),
            ("places/<slug:place_id>/take-back/", teams.take_back, "-take-back"),
        )
    ),
    path("place/<slug:place_id>/<slug:key>/", teams.place, name="team-place"),
    path("place/<slug:place_id>/<slug:key>/claim/", teams.claim, name="team-claim"),
    path("orders/<slug:order_id>/gift/", gifts.change, name="gift-change"),
    path("gifts/<slug:gift_id>/<slug:key>/", gifts.gift, name="gift"),
    path("gifts/<slug:gift_id>/<slug:key>/claim/", gifts.claim, name="gift-claim"),
    path("gifts/<slug:gift_id>/<slug:key>/card/", gifts.card, name="gift-card"),
]
