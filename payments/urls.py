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
    parcels,
    plans,
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
    path("cancel/", cancelling.cancel, name="cancel"),
    path("cancel/order/<slug:order_id>/", cancelling.cancel_order, name="cancel-order"),
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
    path("orders/<slug:order_id>/gift/", gifts.change, name="gift-change"),
    path("gifts/<slug:gift_id>/<slug:key>/", gifts.gift, name="gift"),
    path("gifts/<slug:gift_id>/<slug:key>/claim/", gifts.claim, name="gift-claim"),
    path("gifts/<slug:gift_id>/<slug:key>/card/", gifts.card, name="gift-card"),
]
